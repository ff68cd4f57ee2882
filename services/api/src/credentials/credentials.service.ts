import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sqlState } from '@rookery/db/errors';
import { type OrganizationTx } from '@rookery/db/transactions';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { requireAllowed } from '../deployments/deployments.permissions.js';
import { bumpPolicy, lockDeployment } from '../deployments/deployments.repository.js';
import { hashSecret, pepperPlace } from '../deployments/pepper.js';
import { type Connection, connectionFrom, type Page } from '../graphql/connection.js';
import { createOnce } from '../graphql/idempotency.js';
import { parseInput } from '../graphql/input.js';
import { Envelope } from '@rookery/service-kit/envelope';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type CreateCredentialInput, type Credential, createCredentialSchema } from './credentials.model.js';
import * as repository from './credentials.repository.js';

/** 160 bits. */
const SECRET_BYTES = 20;

@Injectable()
export class CredentialsService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly envelope: Envelope,
  ) {}

  find(viewer: Viewer, id: string): Promise<Credential | null> {
    return this.tenancy.read(viewer, 'credential', id, (tx, organizationId) => repository.findCredential(tx, organizationId, id));
  }

  /** Of a deployment that is not there: the empty list, like of one that has none. */
  async list(viewer: Viewer, deploymentId: string, search: string | null, page: Page): Promise<Connection<Credential>> {
    const found = await this.tenancy.read(viewer, 'deployment', deploymentId, (tx, organizationId) =>
      repository.listCredentials(tx, organizationId, deploymentId, search, page),
    );
    return connectionFrom(found?.rows ?? [], page, found?.totalCount ?? 0);
  }

  /** The secret leaves here once; what is stored cannot be turned back into it. */
  async create(viewer: Viewer, given: CreateCredentialInput): Promise<{ credential: Credential | null; secret: string | null }> {
    const input = parseInput(createCredentialSchema, given);
    const { deploymentId } = input;
    try {
      return await this.tenancy.write(viewer, 'deployment', deploymentId, 'deploymentId', async (tx, organizationId) => {
        const request = { organizationId, mutation: 'createCredential', key: input.idempotencyKey, input };
        const created = await createOnce(tx, this.envelope, request, async () => {
          await this.requireRoom(tx, viewer, organizationId, deploymentId);
          const id = newId('credential');
          const secret = randomBytes(SECRET_BYTES).toString('base64url');
          const username = input.username ?? `client-${randomBytes(5).toString('hex')}`;
          const pepper = this.envelope.open(
            await repository.sealedPepperOf(tx, organizationId, deploymentId),
            pepperPlace(organizationId, deploymentId),
          );
          const row = {
            organizationId,
            id,
            deploymentId,
            username,
            description: input.description ?? '',
            secretHash: hashSecret(secret, pepper),
          };
          await repository.insertCredential(tx, row);
          await audit(tx, viewer, organizationId, { action: 'createCredential', subject: id, after: { deploymentId, username } });
          await bumpPolicy(tx, organizationId, deploymentId);
          return { resourceId: id, secret };
        });
        return { credential: await repository.findCredential(tx, organizationId, created.resourceId), secret: created.secret ?? null };
      });
    } catch (error) {
      if (sqlState(error)?.code === '23505') throw new AppError('USERNAME_TAKEN', { path: ['input', 'username'], cause: error });
      throw error;
    }
  }

  delete(viewer: Viewer, id: string): Promise<{ deletedId: string }> {
    return this.tenancy.write(viewer, 'credential', id, 'id', async (tx, organizationId) => {
      const credential = await repository.findCredential(tx, organizationId, id);
      if (credential === null) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
      const { deploymentId, username } = credential;
      await lockDeployment(tx, organizationId, deploymentId);
      await repository.deleteCredential(tx, organizationId, id);
      await audit(tx, viewer, organizationId, { action: 'deleteCredential', subject: id, before: { deploymentId, username } });
      await bumpPolicy(tx, organizationId, deploymentId);
      return { deletedId: id };
    });
  }

  private async requireRoom(tx: OrganizationTx, viewer: Viewer, organizationId: string, deploymentId: string): Promise<void> {
    const deployment = await lockDeployment(tx, organizationId, deploymentId);
    if (deployment === null) throw new AppError('NOT_FOUND', { path: ['input', 'deploymentId'] });
    requireAllowed('createCredential', viewer, deployment, 'deploymentId');
    const used = await repository.countCredentials(tx, organizationId, deploymentId);
    const limit = deployment.quotas.credentialsMax;
    if (used < limit) return;
    throw new AppError('QUOTA_EXCEEDED', {
      path: ['input', 'deploymentId'],
      details: { limit, used, plan: deployment.planId, quota: 'credentialsMax' },
    });
  }
}
