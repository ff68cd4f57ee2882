/** Turns what a request carries (a cookie's session, an API key) into a viewer. Asked anew for every request. */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@rookery/db/pool';
import { memberships, people } from '@rookery/db/schema/organizations';
import { asPerson } from '@rookery/db/transactions';
import { idOf } from '@rookery/service-kit/ids';
import { eq, sql } from 'drizzle-orm';
import { DATABASE } from '../tokens.js';
import type { Viewer } from './viewer.js';

export interface Bearer {
  authorization: string | undefined;
  /** The person of the log-in session. */
  personId: string | undefined;
}

@Injectable()
export class Viewers {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /** An API key that is wrong is nobody, even beside a good session. */
  async of(bearer: Bearer): Promise<Viewer | null> {
    if (bearer.authorization !== undefined) {
      const key = /^Bearer (rk_[A-Za-z0-9_-]{20,100})$/.exec(bearer.authorization)?.[1];
      return key === undefined ? null : this.ofApiKey(key);
    }
    return bearer.personId === undefined ? null : this.ofPerson(bearer.personId);
  }

  private async ofApiKey(key: string): Promise<Viewer | null> {
    interface Row extends Record<string, unknown> {
      id: string;
      organization_id: string;
      person_id: string;
      is_operator: boolean;
    }
    const found = await this.db.execute<Row>(sql`SELECT * FROM authenticate_api_key(${hashApiKey(key)})`);
    const row = found.rows[0];
    if (!row) return null;
    const apiKeyId = idOf('apiKey', row.id);
    return {
      actor: apiKeyId,
      label: `API key ${key.slice(0, 11)}…`,
      context: 'api',
      personId: idOf('person', row.person_id),
      apiKeyId,
      organizationIds: [idOf('organization', row.organization_id)],
      isOperator: row.is_operator,
    };
  }

  private ofPerson(personId: string): Promise<Viewer | null> {
    return asPerson(this.db, personId, async (tx) => {
      const [person] = await tx.select().from(people).where(eq(people.id, personId));
      if (!person) return null;
      const own = await tx.select().from(memberships).where(eq(memberships.personId, personId));
      const organizationIds = own.map((membership) => membership.organizationId);
      return {
        actor: person.id,
        label: person.email,
        context: 'console',
        personId,
        apiKeyId: null,
        organizationIds,
        isOperator: person.isOperator,
      };
    });
  }
}

export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
