/**
 * The way to a tenant's rows: find the organization of an id among the viewer's own, then act in a transaction that
 * sees this organization only. An id of somebody else, of another kind, or of nothing has one and the same answer.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { IdKind } from '@rookery/contracts/ids';
import type { Database } from '@rookery/db/pool';
import { asOrganization, asPerson, type OrganizationTx, type PersonTx, uuid } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { idOf, uuidOf } from '@rookery/service-kit/ids';
import { sql } from 'drizzle-orm';
import { DATABASE } from '../tokens.js';
import type { Viewer } from './viewer.js';

export type TenantKind = Extract<
  IdKind,
  'organization' | 'project' | 'deployment' | 'credential' | 'operation' | 'apiKey' | 'notice' | 'export'
>;
export type TenantWork<T> = (tx: OrganizationTx, organizationId: string) => Promise<T>;

@Injectable()
export class Tenancy {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** Null: there is no such thing for this viewer. */
  async locate(viewer: Viewer, kind: TenantKind, id: string): Promise<string | null> {
    return this.find(
      kind,
      id,
      sql`ARRAY[${sql.join(
        viewer.organizationIds.map((each) => uuid('organization', each)),
        sql`, `,
      )}]::uuid[]`,
    );
  }

  /** Looks everywhere for an operator, else only among the viewer's own. */
  async locateAsOperator(viewer: Viewer, kind: TenantKind, id: string): Promise<string | null> {
    return viewer.isOperator ? this.find(kind, id, sql`NULL::uuid[]`) : this.locate(viewer, kind, id);
  }

  /** Runs `work` in the organization of the id; null when there is none. */
  async read<T>(viewer: Viewer, kind: TenantKind, id: string, work: TenantWork<T>): Promise<T | null> {
    const organizationId = await this.locate(viewer, kind, id);
    return organizationId === null ? null : this.in(organizationId, work);
  }

  /** Like {@link read}; NOT_FOUND at `path` when there is none. */
  async write<T>(viewer: Viewer, kind: TenantKind, id: string, path: string, work: TenantWork<T>): Promise<T> {
    const organizationId = await this.locate(viewer, kind, id);
    if (organizationId === null) throw new AppError('NOT_FOUND', { path: ['input', path] });
    return this.in(organizationId, work);
  }

  in<T>(organizationId: string, work: TenantWork<T>): Promise<T> {
    return asOrganization(this.db, organizationId, (tx) => work(tx, organizationId));
  }

  /** What belongs to the viewer herself, in whatever organization. */
  own<T>(viewer: Viewer, work: (tx: PersonTx) => Promise<T>): Promise<T> {
    return asPerson(this.db, viewer.personId, work);
  }

  private async find(kind: TenantKind, id: string, organizations: ReturnType<typeof sql>): Promise<string | null> {
    if (uuidOf(kind, id) === null) return null;
    const found = await this.db.execute<{ id: string | null }>(sql`SELECT locate(${kind}, ${uuid(kind, id)}, ${organizations}) AS id`);
    const organization = found.rows[0]?.id ?? null;
    return organization === null ? null : idOf('organization', organization);
  }
}
