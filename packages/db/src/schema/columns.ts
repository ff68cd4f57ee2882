/** Column types that every table shares. */
import { type IdKind } from '@rookery/contracts/ids';
import { idOf, uuidOf } from '@rookery/service-kit/ids';
import { customType, timestamp } from 'drizzle-orm/pg-core';

/** A `uuid` column that the code sees as a TypeID (`dep_…`): no place where one could be taken for the other. */
export function typeId(kind: IdKind, name: string) {
  return customType<{ data: string; driverData: string }>({
    dataType: () => 'uuid',
    toDriver(id) {
      const uuid = uuidOf(kind, id);
      if (uuid === null) throw new Error(`"${id}" is no ${kind} id; check ids before they reach a query`);
      return uuid;
    },
    fromDriver: (uuid) => idOf(kind, uuid),
  })(name);
}

export const organizationId = () => typeId('organization', 'organization_id').notNull();
export const deploymentId = () => typeId('deployment', 'deployment_id').notNull();
export const at = (name: string) => timestamp(name, { withTimezone: true });
export const createdAt = () => at('created_at').notNull().defaultNow();
