import { Injectable } from '@nestjs/common';
import type { QuestionAnswer } from '@rookery/contracts/questions';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import { AppError } from '@rookery/service-kit/errors';
import { requireAllowed } from '../deployments/deployments.permissions.js';
import { findDeployment } from '../deployments/deployments.repository.js';
import { pageSize } from '../graphql/connection.js';
import { toUserError } from '../graphql/payload.js';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { type Client, type ClientConnection, type ClientFault, type DisconnectClientInput, toClient } from './clients.model.js';
import { QuestionsService } from './questions.service.js';

export interface ClientSearch {
  first?: number | null | undefined;
  after?: string | null | undefined;
  search?: string | null | undefined;
}

@Injectable()
export class ClientsService {
  constructor(
    private readonly questions: QuestionsService,
    private readonly tenancy: Tenancy,
  ) {}

  async list(deployment: DeploymentState, { first: wished, after = null, search }: ClientSearch): Promise<ClientConnection> {
    const first = pageSize(wished);
    try {
      return toConnection(await this.questions.ask(deployment, 'clients.list', { first, after, search: search ?? '' }), after);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
      return { edges: [], nodes: [], pageInfo, totalCount: 0, unavailable: toUserError(error) };
    }
  }

  /** Null: there is no such client, or nobody could say. */
  async find(deployment: DeploymentState, clientId: string): Promise<Client | null> {
    try {
      const found = await this.questions.ask(deployment, 'clients.get', { clientId });
      return found && toClient(found, found.subscriptionList);
    } catch (error) {
      if (isUnavailable(error)) return null;
      throw error;
    }
  }

  async faults(deployment: DeploymentState, clientId: string): Promise<ClientFault[]> {
    try {
      const { items } = await this.questions.ask(deployment, 'clients.faults', { clientId });
      return items.map((fault) => ({ ...fault, at: new Date(fault.at) }));
    } catch (error) {
      if (isUnavailable(error)) return [];
      throw error;
    }
  }

  async disconnect(viewer: Viewer, { deploymentId, clientId }: DisconnectClientInput): Promise<{ disconnected: boolean }> {
    const deployment = await this.tenancy.read(viewer, 'deployment', deploymentId, (tx, organizationId) =>
      findDeployment(tx, organizationId, deploymentId),
    );
    if (deployment === null) throw new AppError('NOT_FOUND', { path: ['input', 'deploymentId'] });
    requireAllowed('disconnectClient', viewer, deployment, 'deploymentId');
    const answer = await this.questions.ask(deployment, 'clients.disconnect', { clientId });
    await this.tenancy.in(deployment.organizationId, (tx, organizationId) =>
      audit(tx, viewer, organizationId, { action: 'disconnectClient', subject: deploymentId, after: { clientId, ...answer } }),
    );
    return answer;
  }
}

function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && error.code.startsWith('RUNTIME_');
}

/** The runtime's cursors are good for whole pages: the last edge carries the page's end, the others its start. */
function toConnection(answer: QuestionAnswer<'clients.list'>, after: string | null): ClientConnection {
  const nodes = answer.items.map((item) => toClient(item, null));
  const edges = nodes.map((node, index) => ({ node, cursor: (index === nodes.length - 1 ? answer.endCursor : after) ?? '' }));
  const pageInfo = { hasNextPage: answer.hasNextPage, hasPreviousPage: after !== null, startCursor: after, endCursor: answer.endCursor };
  return { edges, nodes, pageInfo, totalCount: answer.totalCount, unavailable: null };
}
