import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OrganizationTx } from '@rookery/db/transactions';
import { newId } from '@rookery/service-kit/ids';
import { type Connection, connectionFrom, type Page } from '../graphql/connection.js';
import { createOnce } from '../graphql/idempotency.js';
import { parseInput } from '../graphql/input.js';
import { ProjectChoice } from '../organizations/project-choice.js';
import { Envelope } from '@rookery/service-kit/envelope';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { hashApiKey } from '../viewer/viewers.js';
import { type ApiKey, type CreateApiKeyInput, createApiKeySchema } from './api-keys.model.js';
import * as repository from './api-keys.repository.js';

/** Enough to tell keys apart, far too little to guess one. */
const PREFIX_CHARACTERS = 11;

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly choice: ProjectChoice,
    private readonly envelope: Envelope,
  ) {}

  find(viewer: Viewer, id: string): Promise<ApiKey | null> {
    return this.tenancy.read(viewer, 'apiKey', id, (tx, organizationId) => repository.findApiKey(tx, organizationId, id));
  }

  async list(viewer: Viewer, wished: string | null | undefined, page: Page): Promise<Connection<ApiKey>> {
    const organizationId = await this.choice.organization(viewer, wished, ['organizationId']);
    const { rows, totalCount } = await this.tenancy.in(organizationId, (tx) => repository.listApiKeys(tx, organizationId, page));
    return connectionFrom(rows, page, totalCount);
  }

  async create(viewer: Viewer, given: CreateApiKeyInput): Promise<{ apiKey: ApiKey | null; secret: string | null }> {
    const input = parseInput(createApiKeySchema, given);
    const organizationId = await this.choice.organization(viewer, input.organizationId, ['input', 'organizationId']);
    const request = { organizationId, mutation: 'createApiKey', key: input.idempotencyKey, input };
    return this.tenancy.in(organizationId, async (tx) => {
      const created = await createOnce(tx, this.envelope, request, async () => {
        const { id, secret } = await insertNewApiKey(tx, organizationId, viewer.personId, input.name);
        await audit(tx, viewer, organizationId, { action: 'createApiKey', subject: id, after: { name: input.name } });
        return { resourceId: id, secret };
      });
      return { apiKey: await repository.findApiKey(tx, organizationId, created.resourceId), secret: created.secret ?? null };
    });
  }

  delete(viewer: Viewer, id: string): Promise<{ deletedId: string }> {
    return this.tenancy.write(viewer, 'apiKey', id, 'id', async (tx, organizationId) => {
      await repository.deleteApiKey(tx, organizationId, id);
      await audit(tx, viewer, organizationId, { action: 'deleteApiKey', subject: id });
      return { deletedId: id };
    });
  }
}

/** Makes a key of 256 random bits; only its hash is stored. */
export async function insertNewApiKey(
  tx: OrganizationTx,
  organizationId: string,
  personId: string,
  name: string,
): Promise<{ id: string; secret: string }> {
  const id = newId('apiKey');
  const secret = `rk_${randomBytes(32).toString('base64url')}`;
  const prefix = secret.slice(0, PREFIX_CHARACTERS);
  await repository.insertApiKey(tx, { organizationId, id, name, prefix, hash: hashApiKey(secret), createdBy: personId });
  return { id, secret };
}
