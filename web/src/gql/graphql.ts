/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AwsCellInput = {
  /** Address at which machines join, https://…. */
  controlPlaneUrl: string;
  /** Size of data volumes at least. Default: 50. */
  dataGib?: number | null | undefined;
  /** Keep a snapshot of the data of a deleted deployment. Default: true. */
  finalSnapshot?: boolean | null | undefined;
  /** Image with agent, edge and runtime. A changed one replaces a machine at its next change, not its data. */
  imageId: string;
  /** Default: t4g.medium. */
  instanceType?: string | null | undefined;
  /** Of plans that need another. */
  instanceTypes?: Array<AwsInstanceTypeInput> | null | undefined;
  /** Key of volumes and secrets. Default: the account’s own. */
  kmsKeyArn?: string | null | undefined;
  /** Like eu-central-1. */
  region: string;
  /** Days a deleted secret can be brought back, or 0. Default: 7. */
  secretRecoveryDays?: number | null | undefined;
  /** Public ones: machines have an address of their own. */
  subnets: Array<AwsSubnetInput>;
  vpcId: string;
};

export type AwsInstanceTypeInput = {
  instanceType: string;
  planId: string;
};

export type AwsSubnetInput = {
  availabilityZone: string;
  id: string;
};

export type CellKind =
  | 'AWS'
  | 'DOCKER'
  | 'MACHINE';

export type ClientTransport =
  | 'TCP'
  | 'TLS'
  | 'UNIX'
  | 'WS'
  | 'WSS';

export type CreateApiKeyInput = {
  idempotencyKey?: string | null | undefined;
  name: string;
  organizationId?: string | null | undefined;
};

export type CreateCredentialInput = {
  deploymentId: string;
  description?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  username?: string | null | undefined;
};

export type CreateDeploymentInput = {
  /** Follow the newest version of its machine by itself; left out: as its plan says. */
  autoUpgrade?: boolean | null | undefined;
  deletionProtection?: boolean | null | undefined;
  durability?: Durability | null | undefined;
  /** When it is deleted by itself, unless it is protected; null: never. */
  expiresAt?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  name: string;
  planId?: string | null | undefined;
  projectId?: string | null | undefined;
  region?: string | null | undefined;
  /** Seconds without a connection after which it sleeps; null: never; left out: as its plan says. */
  sleepAfterSeconds?: number | null | undefined;
};

export type CreateExportInput = {
  from: string;
  idempotencyKey?: string | null | undefined;
  kind: ExportKind;
  organizationId?: string | null | undefined;
  /** Not part of it. What is in the future counts as now. */
  to: string;
};

export type CreateJoinTokenInput = {
  /** Name of the cell. */
  cell: string;
  expiresInSeconds?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
  /** Let this machine of the cell in again, instead of a new one. */
  machineId?: string | null | undefined;
  regionId: string;
};

export type CreateProjectInput = {
  idempotencyKey?: string | null | undefined;
  name: string;
  organizationId?: string | null | undefined;
};

export type DeleteApiKeyInput = {
  id: string;
};

export type DeleteCredentialInput = {
  id: string;
};

export type DeleteDeploymentInput = {
  expectedVersion?: number | null | undefined;
  id: string;
};

export type DeploymentPhase =
  | 'ASLEEP'
  | 'CREATING'
  | 'DEGRADED'
  | 'DELETING'
  | 'FAILED'
  | 'RUNNING'
  | 'STARTING'
  | 'STOPPED'
  | 'STOPPING'
  | 'UPDATING';

export type DisconnectClientInput = {
  clientId: string;
  deploymentId: string;
};

export type DismissNoticeInput = {
  id: string;
};

export type DriftKind =
  | 'CHANGED'
  | 'MISSING';

export type Durability =
  | 'DURABLE'
  | 'MEMORY'
  | 'RELAXED';

export type ExportKind =
  | 'AUDIT_LOG'
  | 'USAGE';

export type ExportState =
  | 'EXPIRED'
  | 'FAILED'
  | 'QUEUED'
  | 'READY'
  | 'RUNNING';

/** LOST: it has stopped reporting; its brokers go on by themselves. REVOKED: an operator has shut it out. */
export type MachineState =
  | 'LOST'
  | 'REVOKED'
  | 'UP';

export type NoticeKind =
  | 'EXPIRY'
  | 'IDLE_DELETE'
  | 'IDLE_STOP';

export type OperationState =
  | 'CANCELLED'
  | 'FAILED'
  | 'PENDING'
  | 'RUNNING'
  | 'SUCCEEDED';

export type OperationVerb =
  | 'CREATE'
  | 'DELETE'
  | 'REPAIR'
  | 'RESIZE'
  | 'START'
  | 'STOP'
  | 'UPGRADE';

export type PlanTier =
  | 'DEDICATED'
  | 'SELF_HOSTED'
  | 'SERVERLESS';

export type RemoveMachineInput = {
  id: string;
};

export type RepairDeploymentInput = {
  expectedVersion?: number | null | undefined;
  id: string;
};

export type ResizeDeploymentInput = {
  expectedVersion?: number | null | undefined;
  id: string;
  planId: string;
};

export type RevokeMachineInput = {
  id: string;
};

export type SignUpMode =
  | 'CLOSED'
  | 'INVITE'
  | 'OPEN';

export type StartDeploymentInput = {
  expectedVersion?: number | null | undefined;
  id: string;
};

export type StopDeploymentInput = {
  expectedVersion?: number | null | undefined;
  id: string;
};

export type UpdateCellInput = {
  /** Replaces all of it. Machines take it up at their next change. */
  aws?: AwsCellInput | null | undefined;
  full?: boolean | null | undefined;
  id: string;
  weight?: number | null | undefined;
};

export type UpdateDeploymentInput = {
  /** Follow the newest version of its machine by itself; left out: as it was. */
  autoUpgrade?: boolean | null | undefined;
  deletionProtection?: boolean | null | undefined;
  expectedVersion?: number | null | undefined;
  /** When it is deleted by itself, unless it is protected; null: never. */
  expiresAt?: string | null | undefined;
  id: string;
  name?: string | null | undefined;
  /** Seconds without a connection after which it sleeps; null: never; left out: as it was. */
  sleepAfterSeconds?: number | null | undefined;
};

export type UpgradeDeploymentInput = {
  expectedVersion?: number | null | undefined;
  id: string;
};

export type WakeCause =
  | 'CLIENT'
  | 'DUE';

export type ApiKeysQueryVariables = Exact<{
  organizationId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ApiKeysQuery = { apiKeys: { totalCount: number, nodes: Array<{ id: string, name: string, prefix: string, createdAt: string, lastUsedAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateApiKeyMutationVariables = Exact<{
  input: CreateApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey: { secret: string | null, apiKey: { id: string, name: string, prefix: string, createdAt: string, lastUsedAt: string | null } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type DeleteApiKeyMutationVariables = Exact<{
  input: DeleteApiKeyInput;
}>;


export type DeleteApiKeyMutation = { deleteApiKey: { deletedId: string | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type ClientRowFragment = { clientId: string, username: string | null, connected: boolean, protocolVersion: string, transport: ClientTransport, tlsVersion: string | null, remoteAddress: string | null, connectedAt: string | null, disconnectedAt: string | null, subscriptionCount: number, inflight: number, queueLength: number, messagesDropped: number, messagesSentPerSecond: number, advice: Array<{ code: string, message: string }> };

export type ClientsQueryVariables = Exact<{
  deploymentId: string;
  search?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ClientsQuery = { deployment: { id: string, clients: { totalCount: number, nodes: Array<{ clientId: string, username: string | null, connected: boolean, protocolVersion: string, transport: ClientTransport, tlsVersion: string | null, remoteAddress: string | null, connectedAt: string | null, disconnectedAt: string | null, subscriptionCount: number, inflight: number, queueLength: number, messagesDropped: number, messagesSentPerSecond: number, advice: Array<{ code: string, message: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, unavailable: { code: string, message: string } | null } } | null };

export type ClientQueryVariables = Exact<{
  deploymentId: string;
  clientId: string;
}>;


export type ClientQuery = { deployment: { id: string, client: { cleanStart: boolean, keepAliveSeconds: number, sessionExpirySeconds: number, messagesReceived: number, messagesSent: number, clientId: string, username: string | null, connected: boolean, protocolVersion: string, transport: ClientTransport, tlsVersion: string | null, remoteAddress: string | null, connectedAt: string | null, disconnectedAt: string | null, subscriptionCount: number, inflight: number, queueLength: number, messagesDropped: number, messagesSentPerSecond: number, subscriptions: Array<{ topicFilter: string, qos: number, noLocal: boolean, retainAsPublished: boolean, retainHandling: number }> | null, advice: Array<{ code: string, message: string }> } | null, clientFaults: Array<{ at: string, reasonCode: number, message: string, remoteAddress: string | null }> } | null };

export type DisconnectClientMutationVariables = Exact<{
  input: DisconnectClientInput;
}>;


export type DisconnectClientMutation = { disconnectClient: { disconnected: boolean, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type CredentialsQueryVariables = Exact<{
  deploymentId: string;
  search?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type CredentialsQuery = { credentials: { totalCount: number, nodes: Array<{ id: string, username: string, description: string, createdAt: string, viewerCan: { delete: { allowed: boolean, reason: string | null } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateCredentialMutationVariables = Exact<{
  input: CreateCredentialInput;
}>;


export type CreateCredentialMutation = { createCredential: { secret: string | null, credential: { id: string, username: string, description: string, createdAt: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type DeleteCredentialMutationVariables = Exact<{
  input: DeleteCredentialInput;
}>;


export type DeleteCredentialMutation = { deleteCredential: { deletedId: string | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type DeploymentRowFragment = { id: string, name: string, phase: DeploymentPhase, phaseReason: string | null, version: number, createdAt: string, plan: { id: string, name: string }, region: { id: string, name: string }, quotas: { clientsMax: number, messagesPerSecondMax: number }, latest: { at: string, clients: number | null, messagesIn: number | null, messagesOut: number | null } | null, viewerCan: { start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null } } };

export type DeploymentDetailFragment = { id: string, name: string, slug: string, phase: DeploymentPhase, phaseReason: string | null, version: number, durability: Durability, isolation: string | null, brokerVersion: string | null, availableBrokerVersion: string | null, autoUpgrade: boolean, policyRevision: number, appliedRevision: number, deletionProtection: boolean, sleepAfterSeconds: number | null, asleepSince: string | null, nextWakeAt: string | null, wakeCount: number, expiresAt: string | null, createdAt: string, startedAt: string | null, lastWake: { cause: WakeCause, at: string, milliseconds: number } | null, project: { id: string, name: string, organization: { id: string, name: string } }, plan: { id: string, name: string, tier: PlanTier }, region: { id: string, name: string }, connection: { host: string, mqttsPort: number | null, mqttPort: number | null, wssUrl: string | null, wsUrl: string | null }, quotas: { clientsMax: number, sessionsMax: number, messagesPerSecondMax: number, clientPublishPerSecondMax: number, packetBytesMax: number, subscriptionsPerClientMax: number, topicLevelsMax: number, queueLengthMax: number, inflightMax: number, sessionExpirySecondsMax: number, credentialsMax: number, accessRulesMax: number, retainedMax: number, storeBytesMax: number }, limitHits: Array<{ limit: string, hits: number }>, latest: { at: string, clients: number | null, sessions: number | null, subscriptions: number | null, retained: number | null, messagesIn: number | null, messagesOut: number | null, bytesIn: number | null, bytesOut: number | null, messagesDropped: number | null, connectsRefused: number | null, memoryBytes: number | null, storeBytes: number | null } | null, currentOperation: { id: string } | null, drift: { kind: DriftKind, attributes: Array<string>, foundAt: string } | null, viewerCan: { update: { allowed: boolean, reason: string | null }, start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null }, delete: { allowed: boolean, reason: string | null }, resize: { allowed: boolean, reason: string | null }, upgrade: { allowed: boolean, reason: string | null }, createCredential: { allowed: boolean, reason: string | null }, disconnectClient: { allowed: boolean, reason: string | null } } };

export type DeploymentsQueryVariables = Exact<{
  projectId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type DeploymentsQuery = { deployments: { totalCount: number, nodes: Array<{ id: string, name: string, phase: DeploymentPhase, phaseReason: string | null, version: number, createdAt: string, plan: { id: string, name: string }, region: { id: string, name: string }, quotas: { clientsMax: number, messagesPerSecondMax: number }, latest: { at: string, clients: number | null, messagesIn: number | null, messagesOut: number | null } | null, viewerCan: { start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type DeploymentsUpdatedSubscriptionVariables = Exact<{
  projectId: string;
}>;


export type DeploymentsUpdatedSubscription = { deploymentsUpdated: { id: string, name: string, phase: DeploymentPhase, phaseReason: string | null, version: number, createdAt: string, plan: { id: string, name: string }, region: { id: string, name: string }, quotas: { clientsMax: number, messagesPerSecondMax: number }, latest: { at: string, clients: number | null, messagesIn: number | null, messagesOut: number | null } | null, viewerCan: { start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null } } } };

export type DeploymentSparksQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type DeploymentSparksQuery = { nodes: Array<
    | { id: string, latest: { at: string, clients: number | null, messagesIn: number | null, messagesOut: number | null } | null, metrics: { stepSeconds: number, points: Array<{ at: string, messagesIn: number | null, messagesOut: number | null }> } }
    | Record<PropertyKey, never>
   | null> };

export type DeploymentQueryVariables = Exact<{
  id: string;
}>;


export type DeploymentQuery = { deployment: { id: string, name: string, slug: string, phase: DeploymentPhase, phaseReason: string | null, version: number, durability: Durability, isolation: string | null, brokerVersion: string | null, availableBrokerVersion: string | null, autoUpgrade: boolean, policyRevision: number, appliedRevision: number, deletionProtection: boolean, sleepAfterSeconds: number | null, asleepSince: string | null, nextWakeAt: string | null, wakeCount: number, expiresAt: string | null, createdAt: string, startedAt: string | null, lastWake: { cause: WakeCause, at: string, milliseconds: number } | null, project: { id: string, name: string, organization: { id: string, name: string } }, plan: { id: string, name: string, tier: PlanTier }, region: { id: string, name: string }, connection: { host: string, mqttsPort: number | null, mqttPort: number | null, wssUrl: string | null, wsUrl: string | null }, quotas: { clientsMax: number, sessionsMax: number, messagesPerSecondMax: number, clientPublishPerSecondMax: number, packetBytesMax: number, subscriptionsPerClientMax: number, topicLevelsMax: number, queueLengthMax: number, inflightMax: number, sessionExpirySecondsMax: number, credentialsMax: number, accessRulesMax: number, retainedMax: number, storeBytesMax: number }, limitHits: Array<{ limit: string, hits: number }>, latest: { at: string, clients: number | null, sessions: number | null, subscriptions: number | null, retained: number | null, messagesIn: number | null, messagesOut: number | null, bytesIn: number | null, bytesOut: number | null, messagesDropped: number | null, connectsRefused: number | null, memoryBytes: number | null, storeBytes: number | null } | null, currentOperation: { id: string } | null, drift: { kind: DriftKind, attributes: Array<string>, foundAt: string } | null, viewerCan: { update: { allowed: boolean, reason: string | null }, start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null }, delete: { allowed: boolean, reason: string | null }, resize: { allowed: boolean, reason: string | null }, upgrade: { allowed: boolean, reason: string | null }, createCredential: { allowed: boolean, reason: string | null }, disconnectClient: { allowed: boolean, reason: string | null } } } | null };

export type DeploymentUpdatedSubscriptionVariables = Exact<{
  id: string;
}>;


export type DeploymentUpdatedSubscription = { deploymentUpdated: { id: string, name: string, slug: string, phase: DeploymentPhase, phaseReason: string | null, version: number, durability: Durability, isolation: string | null, brokerVersion: string | null, availableBrokerVersion: string | null, autoUpgrade: boolean, policyRevision: number, appliedRevision: number, deletionProtection: boolean, sleepAfterSeconds: number | null, asleepSince: string | null, nextWakeAt: string | null, wakeCount: number, expiresAt: string | null, createdAt: string, startedAt: string | null, lastWake: { cause: WakeCause, at: string, milliseconds: number } | null, project: { id: string, name: string, organization: { id: string, name: string } }, plan: { id: string, name: string, tier: PlanTier }, region: { id: string, name: string }, connection: { host: string, mqttsPort: number | null, mqttPort: number | null, wssUrl: string | null, wsUrl: string | null }, quotas: { clientsMax: number, sessionsMax: number, messagesPerSecondMax: number, clientPublishPerSecondMax: number, packetBytesMax: number, subscriptionsPerClientMax: number, topicLevelsMax: number, queueLengthMax: number, inflightMax: number, sessionExpirySecondsMax: number, credentialsMax: number, accessRulesMax: number, retainedMax: number, storeBytesMax: number }, limitHits: Array<{ limit: string, hits: number }>, latest: { at: string, clients: number | null, sessions: number | null, subscriptions: number | null, retained: number | null, messagesIn: number | null, messagesOut: number | null, bytesIn: number | null, bytesOut: number | null, messagesDropped: number | null, connectsRefused: number | null, memoryBytes: number | null, storeBytes: number | null } | null, currentOperation: { id: string } | null, drift: { kind: DriftKind, attributes: Array<string>, foundAt: string } | null, viewerCan: { update: { allowed: boolean, reason: string | null }, start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null }, delete: { allowed: boolean, reason: string | null }, resize: { allowed: boolean, reason: string | null }, upgrade: { allowed: boolean, reason: string | null }, createCredential: { allowed: boolean, reason: string | null }, disconnectClient: { allowed: boolean, reason: string | null } } } };

export type CatalogQueryVariables = Exact<{ [key: string]: never; }>;


export type CatalogQuery = { plans: Array<{ id: string, name: string, summary: string, tier: PlanTier, selectable: boolean, deploymentsMax: number, plainPort: boolean, quotas: { clientsMax: number, sessionsMax: number, messagesPerSecondMax: number, packetBytesMax: number, sessionExpirySecondsMax: number, storeBytesMax: number } }>, regions: Array<{ id: string, name: string, available: boolean }>, installation: { domain: string | null } };

export type PlanChoicesQueryVariables = Exact<{
  id: string;
}>;


export type PlanChoicesQuery = { deployment: { id: string, planChoices: Array<{ current: boolean, allowed: boolean, reason: string | null, over: Array<{ quota: string, limit: number, used: number }>, plan: { id: string, name: string, plainPort: boolean, quotas: { clientsMax: number, sessionsMax: number, messagesPerSecondMax: number, clientPublishPerSecondMax: number, packetBytesMax: number, subscriptionsPerClientMax: number, topicLevelsMax: number, queueLengthMax: number, inflightMax: number, sessionExpirySecondsMax: number, credentialsMax: number, accessRulesMax: number, retainedMax: number, storeBytesMax: number } } }> } | null };

export type ResizeDeploymentMutationVariables = Exact<{
  input: ResizeDeploymentInput;
}>;


export type ResizeDeploymentMutation = { resizeDeployment: { deployment: { id: string, name: string, slug: string, phase: DeploymentPhase, phaseReason: string | null, version: number, durability: Durability, isolation: string | null, brokerVersion: string | null, availableBrokerVersion: string | null, autoUpgrade: boolean, policyRevision: number, appliedRevision: number, deletionProtection: boolean, sleepAfterSeconds: number | null, asleepSince: string | null, nextWakeAt: string | null, wakeCount: number, expiresAt: string | null, createdAt: string, startedAt: string | null, lastWake: { cause: WakeCause, at: string, milliseconds: number } | null, project: { id: string, name: string, organization: { id: string, name: string } }, plan: { id: string, name: string, tier: PlanTier }, region: { id: string, name: string }, connection: { host: string, mqttsPort: number | null, mqttPort: number | null, wssUrl: string | null, wsUrl: string | null }, quotas: { clientsMax: number, sessionsMax: number, messagesPerSecondMax: number, clientPublishPerSecondMax: number, packetBytesMax: number, subscriptionsPerClientMax: number, topicLevelsMax: number, queueLengthMax: number, inflightMax: number, sessionExpirySecondsMax: number, credentialsMax: number, accessRulesMax: number, retainedMax: number, storeBytesMax: number }, limitHits: Array<{ limit: string, hits: number }>, latest: { at: string, clients: number | null, sessions: number | null, subscriptions: number | null, retained: number | null, messagesIn: number | null, messagesOut: number | null, bytesIn: number | null, bytesOut: number | null, messagesDropped: number | null, connectsRefused: number | null, memoryBytes: number | null, storeBytes: number | null } | null, currentOperation: { id: string } | null, drift: { kind: DriftKind, attributes: Array<string>, foundAt: string } | null, viewerCan: { update: { allowed: boolean, reason: string | null }, start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null }, delete: { allowed: boolean, reason: string | null }, resize: { allowed: boolean, reason: string | null }, upgrade: { allowed: boolean, reason: string | null }, createCredential: { allowed: boolean, reason: string | null }, disconnectClient: { allowed: boolean, reason: string | null } } } | null, operation: { id: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type UpgradeDeploymentMutationVariables = Exact<{
  input: UpgradeDeploymentInput;
}>;


export type UpgradeDeploymentMutation = { upgradeDeployment: { operation: { id: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type CreateDeploymentMutationVariables = Exact<{
  input: CreateDeploymentInput;
}>;


export type CreateDeploymentMutation = { createDeployment: { deployment: { id: string, name: string, slug: string, phase: DeploymentPhase, phaseReason: string | null, version: number, durability: Durability, isolation: string | null, brokerVersion: string | null, availableBrokerVersion: string | null, autoUpgrade: boolean, policyRevision: number, appliedRevision: number, deletionProtection: boolean, sleepAfterSeconds: number | null, asleepSince: string | null, nextWakeAt: string | null, wakeCount: number, expiresAt: string | null, createdAt: string, startedAt: string | null, lastWake: { cause: WakeCause, at: string, milliseconds: number } | null, project: { id: string, name: string, organization: { id: string, name: string } }, plan: { id: string, name: string, tier: PlanTier }, region: { id: string, name: string }, connection: { host: string, mqttsPort: number | null, mqttPort: number | null, wssUrl: string | null, wsUrl: string | null }, quotas: { clientsMax: number, sessionsMax: number, messagesPerSecondMax: number, clientPublishPerSecondMax: number, packetBytesMax: number, subscriptionsPerClientMax: number, topicLevelsMax: number, queueLengthMax: number, inflightMax: number, sessionExpirySecondsMax: number, credentialsMax: number, accessRulesMax: number, retainedMax: number, storeBytesMax: number }, limitHits: Array<{ limit: string, hits: number }>, latest: { at: string, clients: number | null, sessions: number | null, subscriptions: number | null, retained: number | null, messagesIn: number | null, messagesOut: number | null, bytesIn: number | null, bytesOut: number | null, messagesDropped: number | null, connectsRefused: number | null, memoryBytes: number | null, storeBytes: number | null } | null, currentOperation: { id: string } | null, drift: { kind: DriftKind, attributes: Array<string>, foundAt: string } | null, viewerCan: { update: { allowed: boolean, reason: string | null }, start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null }, delete: { allowed: boolean, reason: string | null }, resize: { allowed: boolean, reason: string | null }, upgrade: { allowed: boolean, reason: string | null }, createCredential: { allowed: boolean, reason: string | null }, disconnectClient: { allowed: boolean, reason: string | null } } } | null, operation: { id: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type UpdateDeploymentMutationVariables = Exact<{
  input: UpdateDeploymentInput;
}>;


export type UpdateDeploymentMutation = { updateDeployment: { deployment: { id: string, name: string, slug: string, phase: DeploymentPhase, phaseReason: string | null, version: number, durability: Durability, isolation: string | null, brokerVersion: string | null, availableBrokerVersion: string | null, autoUpgrade: boolean, policyRevision: number, appliedRevision: number, deletionProtection: boolean, sleepAfterSeconds: number | null, asleepSince: string | null, nextWakeAt: string | null, wakeCount: number, expiresAt: string | null, createdAt: string, startedAt: string | null, lastWake: { cause: WakeCause, at: string, milliseconds: number } | null, project: { id: string, name: string, organization: { id: string, name: string } }, plan: { id: string, name: string, tier: PlanTier }, region: { id: string, name: string }, connection: { host: string, mqttsPort: number | null, mqttPort: number | null, wssUrl: string | null, wsUrl: string | null }, quotas: { clientsMax: number, sessionsMax: number, messagesPerSecondMax: number, clientPublishPerSecondMax: number, packetBytesMax: number, subscriptionsPerClientMax: number, topicLevelsMax: number, queueLengthMax: number, inflightMax: number, sessionExpirySecondsMax: number, credentialsMax: number, accessRulesMax: number, retainedMax: number, storeBytesMax: number }, limitHits: Array<{ limit: string, hits: number }>, latest: { at: string, clients: number | null, sessions: number | null, subscriptions: number | null, retained: number | null, messagesIn: number | null, messagesOut: number | null, bytesIn: number | null, bytesOut: number | null, messagesDropped: number | null, connectsRefused: number | null, memoryBytes: number | null, storeBytes: number | null } | null, currentOperation: { id: string } | null, drift: { kind: DriftKind, attributes: Array<string>, foundAt: string } | null, viewerCan: { update: { allowed: boolean, reason: string | null }, start: { allowed: boolean, reason: string | null }, stop: { allowed: boolean, reason: string | null }, delete: { allowed: boolean, reason: string | null }, resize: { allowed: boolean, reason: string | null }, upgrade: { allowed: boolean, reason: string | null }, createCredential: { allowed: boolean, reason: string | null }, disconnectClient: { allowed: boolean, reason: string | null } } } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type StartDeploymentMutationVariables = Exact<{
  input: StartDeploymentInput;
}>;


export type StartDeploymentMutation = { startDeployment: { operation: { id: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type StopDeploymentMutationVariables = Exact<{
  input: StopDeploymentInput;
}>;


export type StopDeploymentMutation = { stopDeployment: { operation: { id: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type DeleteDeploymentMutationVariables = Exact<{
  input: DeleteDeploymentInput;
}>;


export type DeleteDeploymentMutation = { deleteDeployment: { operation: { id: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type ExportsQueryVariables = Exact<{
  organizationId: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ExportsQuery = { exports: { totalCount: number, nodes: Array<{ id: string, kind: ExportKind, from: string, to: string, state: ExportState, rows: number | null, bytes: number | null, errorCode: string | null, errorMessage: string | null, requestedBy: string, createdAt: string, expiresAt: string | null, downloadUrl: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ExportsUpdatedSubscriptionVariables = Exact<{
  organizationId: string;
}>;


export type ExportsUpdatedSubscription = { exportsUpdated: { id: string, state: ExportState } };

export type CreateExportMutationVariables = Exact<{
  input: CreateExportInput;
}>;


export type CreateExportMutation = { createExport: { export: { id: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type CellsQueryVariables = Exact<{ [key: string]: never; }>;


export type CellsQuery = { cells: Array<{ id: string, name: string, regionId: string, kind: CellKind, weight: number, full: boolean, machines: Array<{ id: string, name: string, host: string, isolation: string, seenAt: string, lost: boolean, state: MachineState, certificateExpiresAt: string | null, deployments: number }> }> };

export type UpdateCellMutationVariables = Exact<{
  input: UpdateCellInput;
}>;


export type UpdateCellMutation = { updateCell: { cell: { id: string, weight: number, full: boolean } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type TroubledQueryVariables = Exact<{ [key: string]: never; }>;


export type TroubledQuery = { troubledDeployments: Array<{ organizationName: string, deploymentId: string, deploymentName: string, phase: string, reason: string | null, verb: string | null, attempts: number, lastError: string | null, nextTryAt: string | null, since: string }> };

export type OrphansQueryVariables = Exact<{ [key: string]: never; }>;


export type OrphansQuery = { orphans: Array<{ id: string, deploymentId: string, reason: string, removed: boolean, foundAt: string }> };

export type RepairDeploymentMutationVariables = Exact<{
  input: RepairDeploymentInput;
}>;


export type RepairDeploymentMutation = { repairDeployment: { operation: { id: string, state: OperationState } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type CreateJoinTokenMutationVariables = Exact<{
  input: CreateJoinTokenInput;
}>;


export type CreateJoinTokenMutation = { createJoinToken: { token: string | null, command: string | null, joinToken: { id: string, cell: string, expiresAt: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type RevokeMachineMutationVariables = Exact<{
  input: RevokeMachineInput;
}>;


export type RevokeMachineMutation = { revokeMachine: { revokedId: string | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type RemoveMachineMutationVariables = Exact<{
  input: RemoveMachineInput;
}>;


export type RemoveMachineMutation = { removeMachine: { removedId: string | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type MetricsQueryVariables = Exact<{
  id: string;
  rangeSeconds: number;
}>;


export type MetricsQuery = { deployment: { id: string, metrics: { stepSeconds: number, points: Array<{ at: string, clients: number | null, messagesIn: number | null, messagesOut: number | null, bytesIn: number | null, bytesOut: number | null, messagesDropped: number | null, connectsRefused: number | null, memoryBytes: number | null, storeBytes: number | null }> } } | null };

export type MetricsUpdatedSubscriptionVariables = Exact<{
  id: string;
}>;


export type MetricsUpdatedSubscription = { deploymentMetrics: { at: string, clients: number | null, messagesIn: number | null, messagesOut: number | null, bytesIn: number | null, bytesOut: number | null, messagesDropped: number | null, connectsRefused: number | null, memoryBytes: number | null, storeBytes: number | null } };

export type NoticesQueryVariables = Exact<{
  organizationId: string;
}>;


export type NoticesQuery = { notices: { nodes: Array<{ id: string, deploymentId: string, deploymentName: string, kind: NoticeKind, dueAt: string }> } };

export type DismissNoticeMutationVariables = Exact<{
  input: DismissNoticeInput;
}>;


export type DismissNoticeMutation = { dismissNotice: { dismissedId: string | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type OperationDetailFragment = { id: string, verb: OperationVerb, state: OperationState, percent: number, errorCode: string | null, errorMessage: string | null, requestedBy: string, deploymentName: string, createdAt: string, startedAt: string | null, finishedAt: string | null, deployment: { id: string, phase: DeploymentPhase } | null, steps: Array<{ name: string, title: string, state: OperationState, startedAt: string | null, finishedAt: string | null, message: string | null }> };

export type OperationQueryVariables = Exact<{
  id: string;
}>;


export type OperationQuery = { operation: { id: string, verb: OperationVerb, state: OperationState, percent: number, errorCode: string | null, errorMessage: string | null, requestedBy: string, deploymentName: string, createdAt: string, startedAt: string | null, finishedAt: string | null, deployment: { id: string, phase: DeploymentPhase } | null, steps: Array<{ name: string, title: string, state: OperationState, startedAt: string | null, finishedAt: string | null, message: string | null }> } | null };

export type OperationUpdatedSubscriptionVariables = Exact<{
  id: string;
}>;


export type OperationUpdatedSubscription = { operationUpdated: { id: string, verb: OperationVerb, state: OperationState, percent: number, errorCode: string | null, errorMessage: string | null, requestedBy: string, deploymentName: string, createdAt: string, startedAt: string | null, finishedAt: string | null, deployment: { id: string, phase: DeploymentPhase } | null, steps: Array<{ name: string, title: string, state: OperationState, startedAt: string | null, finishedAt: string | null, message: string | null }> } };

export type OperationsQueryVariables = Exact<{
  deploymentId?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type OperationsQuery = { operations: { totalCount: number, nodes: Array<{ id: string, verb: OperationVerb, state: OperationState, percent: number, errorCode: string | null, errorMessage: string | null, requestedBy: string, deploymentName: string, createdAt: string, startedAt: string | null, finishedAt: string | null, deployment: { id: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateProjectMutationVariables = Exact<{
  input: CreateProjectInput;
}>;


export type CreateProjectMutation = { createProject: { project: { id: string, name: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> }> } };

export type SearchDeploymentsQueryVariables = Exact<{
  search: string;
}>;


export type SearchDeploymentsQuery = { deployments: { nodes: Array<{ id: string, name: string, phase: DeploymentPhase, project: { id: string, name: string } }> } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { isOperator: boolean, person: { id: string, email: string, name: string } | null, organizations: Array<{ id: string, name: string, viewerCan: { createProject: { allowed: boolean, reason: string | null }, createApiKey: { allowed: boolean, reason: string | null }, createExport: { allowed: boolean, reason: string | null } }, projects: { nodes: Array<{ id: string, name: string, viewerCan: { createDeployment: { allowed: boolean, reason: string | null } } }> } }> } };

export type InstallationQueryVariables = Exact<{ [key: string]: never; }>;


export type InstallationQuery = { installation: { signUp: SignUpMode, caUrl: string | null, domain: string | null, version: string } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ClientRowFragmentDoc = new TypedDocumentString(`
    fragment ClientRow on Client {
  clientId
  username
  connected
  protocolVersion
  transport
  tlsVersion
  remoteAddress
  connectedAt
  disconnectedAt
  subscriptionCount
  inflight
  queueLength
  messagesDropped
  messagesSentPerSecond
  advice {
    code
    message
  }
}
    `, {"fragmentName":"ClientRow"}) as unknown as TypedDocumentString<ClientRowFragment, unknown>;
export const DeploymentRowFragmentDoc = new TypedDocumentString(`
    fragment DeploymentRow on Deployment {
  id
  name
  phase
  phaseReason
  version
  createdAt
  plan {
    id
    name
  }
  region {
    id
    name
  }
  quotas {
    clientsMax
    messagesPerSecondMax
  }
  latest {
    at
    clients
    messagesIn
    messagesOut
  }
  viewerCan {
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
  }
}
    `, {"fragmentName":"DeploymentRow"}) as unknown as TypedDocumentString<DeploymentRowFragment, unknown>;
export const DeploymentDetailFragmentDoc = new TypedDocumentString(`
    fragment DeploymentDetail on Deployment {
  id
  name
  slug
  phase
  phaseReason
  version
  durability
  isolation
  brokerVersion
  availableBrokerVersion
  autoUpgrade
  policyRevision
  appliedRevision
  deletionProtection
  sleepAfterSeconds
  asleepSince
  nextWakeAt
  wakeCount
  lastWake {
    cause
    at
    milliseconds
  }
  expiresAt
  createdAt
  startedAt
  project {
    id
    name
    organization {
      id
      name
    }
  }
  plan {
    id
    name
    tier
  }
  region {
    id
    name
  }
  connection {
    host
    mqttsPort
    mqttPort
    wssUrl
    wsUrl
  }
  quotas {
    clientsMax
    sessionsMax
    messagesPerSecondMax
    clientPublishPerSecondMax
    packetBytesMax
    subscriptionsPerClientMax
    topicLevelsMax
    queueLengthMax
    inflightMax
    sessionExpirySecondsMax
    credentialsMax
    accessRulesMax
    retainedMax
    storeBytesMax
  }
  limitHits {
    limit
    hits
  }
  latest {
    at
    clients
    sessions
    subscriptions
    retained
    messagesIn
    messagesOut
    bytesIn
    bytesOut
    messagesDropped
    connectsRefused
    memoryBytes
    storeBytes
  }
  currentOperation {
    id
  }
  drift {
    kind
    attributes
    foundAt
  }
  viewerCan {
    update {
      allowed
      reason
    }
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
    delete {
      allowed
      reason
    }
    resize {
      allowed
      reason
    }
    upgrade {
      allowed
      reason
    }
    createCredential {
      allowed
      reason
    }
    disconnectClient {
      allowed
      reason
    }
  }
}
    `, {"fragmentName":"DeploymentDetail"}) as unknown as TypedDocumentString<DeploymentDetailFragment, unknown>;
export const OperationDetailFragmentDoc = new TypedDocumentString(`
    fragment OperationDetail on Operation {
  id
  verb
  state
  percent
  errorCode
  errorMessage
  requestedBy
  deploymentName
  deployment {
    id
    phase
  }
  createdAt
  startedAt
  finishedAt
  steps {
    name
    title
    state
    startedAt
    finishedAt
    message
  }
}
    `, {"fragmentName":"OperationDetail"}) as unknown as TypedDocumentString<OperationDetailFragment, unknown>;
export const ApiKeysDocument = new TypedDocumentString(`
    query ApiKeys($organizationId: ID!, $first: Int!, $after: String) {
  apiKeys(organizationId: $organizationId, first: $first, after: $after) {
    nodes {
      id
      name
      prefix
      createdAt
      lastUsedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    totalCount
  }
}
    `) as unknown as TypedDocumentString<ApiKeysQuery, ApiKeysQueryVariables>;
export const CreateApiKeyDocument = new TypedDocumentString(`
    mutation CreateApiKey($input: CreateApiKeyInput!) {
  createApiKey(input: $input) {
    apiKey {
      id
      name
      prefix
      createdAt
      lastUsedAt
    }
    secret
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const DeleteApiKeyDocument = new TypedDocumentString(`
    mutation DeleteApiKey($input: DeleteApiKeyInput!) {
  deleteApiKey(input: $input) {
    deletedId
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteApiKeyMutation, DeleteApiKeyMutationVariables>;
export const ClientsDocument = new TypedDocumentString(`
    query Clients($deploymentId: ID!, $search: String, $first: Int!, $after: String) {
  deployment(id: $deploymentId) {
    id
    clients(search: $search, first: $first, after: $after) {
      nodes {
        ...ClientRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
      unavailable {
        code
        message
      }
    }
  }
}
    fragment ClientRow on Client {
  clientId
  username
  connected
  protocolVersion
  transport
  tlsVersion
  remoteAddress
  connectedAt
  disconnectedAt
  subscriptionCount
  inflight
  queueLength
  messagesDropped
  messagesSentPerSecond
  advice {
    code
    message
  }
}`) as unknown as TypedDocumentString<ClientsQuery, ClientsQueryVariables>;
export const ClientDocument = new TypedDocumentString(`
    query Client($deploymentId: ID!, $clientId: String!) {
  deployment(id: $deploymentId) {
    id
    client(clientId: $clientId) {
      ...ClientRow
      cleanStart
      keepAliveSeconds
      sessionExpirySeconds
      messagesReceived
      messagesSent
      subscriptions {
        topicFilter
        qos
        noLocal
        retainAsPublished
        retainHandling
      }
    }
    clientFaults(clientId: $clientId) {
      at
      reasonCode
      message
      remoteAddress
    }
  }
}
    fragment ClientRow on Client {
  clientId
  username
  connected
  protocolVersion
  transport
  tlsVersion
  remoteAddress
  connectedAt
  disconnectedAt
  subscriptionCount
  inflight
  queueLength
  messagesDropped
  messagesSentPerSecond
  advice {
    code
    message
  }
}`) as unknown as TypedDocumentString<ClientQuery, ClientQueryVariables>;
export const DisconnectClientDocument = new TypedDocumentString(`
    mutation DisconnectClient($input: DisconnectClientInput!) {
  disconnectClient(input: $input) {
    disconnected
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<DisconnectClientMutation, DisconnectClientMutationVariables>;
export const CredentialsDocument = new TypedDocumentString(`
    query Credentials($deploymentId: ID!, $search: String, $first: Int!, $after: String) {
  credentials(
    deploymentId: $deploymentId
    search: $search
    first: $first
    after: $after
  ) {
    nodes {
      id
      username
      description
      createdAt
      viewerCan {
        delete {
          allowed
          reason
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    totalCount
  }
}
    `) as unknown as TypedDocumentString<CredentialsQuery, CredentialsQueryVariables>;
export const CreateCredentialDocument = new TypedDocumentString(`
    mutation CreateCredential($input: CreateCredentialInput!) {
  createCredential(input: $input) {
    credential {
      id
      username
      description
      createdAt
    }
    secret
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<CreateCredentialMutation, CreateCredentialMutationVariables>;
export const DeleteCredentialDocument = new TypedDocumentString(`
    mutation DeleteCredential($input: DeleteCredentialInput!) {
  deleteCredential(input: $input) {
    deletedId
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteCredentialMutation, DeleteCredentialMutationVariables>;
export const DeploymentsDocument = new TypedDocumentString(`
    query Deployments($projectId: ID!, $first: Int!, $after: String) {
  deployments(projectId: $projectId, first: $first, after: $after) {
    nodes {
      ...DeploymentRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    totalCount
  }
}
    fragment DeploymentRow on Deployment {
  id
  name
  phase
  phaseReason
  version
  createdAt
  plan {
    id
    name
  }
  region {
    id
    name
  }
  quotas {
    clientsMax
    messagesPerSecondMax
  }
  latest {
    at
    clients
    messagesIn
    messagesOut
  }
  viewerCan {
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
  }
}`) as unknown as TypedDocumentString<DeploymentsQuery, DeploymentsQueryVariables>;
export const DeploymentsUpdatedDocument = new TypedDocumentString(`
    subscription DeploymentsUpdated($projectId: ID!) {
  deploymentsUpdated(projectId: $projectId) {
    ...DeploymentRow
  }
}
    fragment DeploymentRow on Deployment {
  id
  name
  phase
  phaseReason
  version
  createdAt
  plan {
    id
    name
  }
  region {
    id
    name
  }
  quotas {
    clientsMax
    messagesPerSecondMax
  }
  latest {
    at
    clients
    messagesIn
    messagesOut
  }
  viewerCan {
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
  }
}`) as unknown as TypedDocumentString<DeploymentsUpdatedSubscription, DeploymentsUpdatedSubscriptionVariables>;
export const DeploymentSparksDocument = new TypedDocumentString(`
    query DeploymentSparks($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Deployment {
      id
      latest {
        at
        clients
        messagesIn
        messagesOut
      }
      metrics(rangeSeconds: 900) {
        stepSeconds
        points {
          at
          messagesIn
          messagesOut
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<DeploymentSparksQuery, DeploymentSparksQueryVariables>;
export const DeploymentDocument = new TypedDocumentString(`
    query Deployment($id: ID!) {
  deployment(id: $id) {
    ...DeploymentDetail
  }
}
    fragment DeploymentDetail on Deployment {
  id
  name
  slug
  phase
  phaseReason
  version
  durability
  isolation
  brokerVersion
  availableBrokerVersion
  autoUpgrade
  policyRevision
  appliedRevision
  deletionProtection
  sleepAfterSeconds
  asleepSince
  nextWakeAt
  wakeCount
  lastWake {
    cause
    at
    milliseconds
  }
  expiresAt
  createdAt
  startedAt
  project {
    id
    name
    organization {
      id
      name
    }
  }
  plan {
    id
    name
    tier
  }
  region {
    id
    name
  }
  connection {
    host
    mqttsPort
    mqttPort
    wssUrl
    wsUrl
  }
  quotas {
    clientsMax
    sessionsMax
    messagesPerSecondMax
    clientPublishPerSecondMax
    packetBytesMax
    subscriptionsPerClientMax
    topicLevelsMax
    queueLengthMax
    inflightMax
    sessionExpirySecondsMax
    credentialsMax
    accessRulesMax
    retainedMax
    storeBytesMax
  }
  limitHits {
    limit
    hits
  }
  latest {
    at
    clients
    sessions
    subscriptions
    retained
    messagesIn
    messagesOut
    bytesIn
    bytesOut
    messagesDropped
    connectsRefused
    memoryBytes
    storeBytes
  }
  currentOperation {
    id
  }
  drift {
    kind
    attributes
    foundAt
  }
  viewerCan {
    update {
      allowed
      reason
    }
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
    delete {
      allowed
      reason
    }
    resize {
      allowed
      reason
    }
    upgrade {
      allowed
      reason
    }
    createCredential {
      allowed
      reason
    }
    disconnectClient {
      allowed
      reason
    }
  }
}`) as unknown as TypedDocumentString<DeploymentQuery, DeploymentQueryVariables>;
export const DeploymentUpdatedDocument = new TypedDocumentString(`
    subscription DeploymentUpdated($id: ID!) {
  deploymentUpdated(id: $id) {
    ...DeploymentDetail
  }
}
    fragment DeploymentDetail on Deployment {
  id
  name
  slug
  phase
  phaseReason
  version
  durability
  isolation
  brokerVersion
  availableBrokerVersion
  autoUpgrade
  policyRevision
  appliedRevision
  deletionProtection
  sleepAfterSeconds
  asleepSince
  nextWakeAt
  wakeCount
  lastWake {
    cause
    at
    milliseconds
  }
  expiresAt
  createdAt
  startedAt
  project {
    id
    name
    organization {
      id
      name
    }
  }
  plan {
    id
    name
    tier
  }
  region {
    id
    name
  }
  connection {
    host
    mqttsPort
    mqttPort
    wssUrl
    wsUrl
  }
  quotas {
    clientsMax
    sessionsMax
    messagesPerSecondMax
    clientPublishPerSecondMax
    packetBytesMax
    subscriptionsPerClientMax
    topicLevelsMax
    queueLengthMax
    inflightMax
    sessionExpirySecondsMax
    credentialsMax
    accessRulesMax
    retainedMax
    storeBytesMax
  }
  limitHits {
    limit
    hits
  }
  latest {
    at
    clients
    sessions
    subscriptions
    retained
    messagesIn
    messagesOut
    bytesIn
    bytesOut
    messagesDropped
    connectsRefused
    memoryBytes
    storeBytes
  }
  currentOperation {
    id
  }
  drift {
    kind
    attributes
    foundAt
  }
  viewerCan {
    update {
      allowed
      reason
    }
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
    delete {
      allowed
      reason
    }
    resize {
      allowed
      reason
    }
    upgrade {
      allowed
      reason
    }
    createCredential {
      allowed
      reason
    }
    disconnectClient {
      allowed
      reason
    }
  }
}`) as unknown as TypedDocumentString<DeploymentUpdatedSubscription, DeploymentUpdatedSubscriptionVariables>;
export const CatalogDocument = new TypedDocumentString(`
    query Catalog {
  plans {
    id
    name
    summary
    tier
    selectable
    deploymentsMax
    plainPort
    quotas {
      clientsMax
      sessionsMax
      messagesPerSecondMax
      packetBytesMax
      sessionExpirySecondsMax
      storeBytesMax
    }
  }
  regions {
    id
    name
    available
  }
  installation {
    domain
  }
}
    `) as unknown as TypedDocumentString<CatalogQuery, CatalogQueryVariables>;
export const PlanChoicesDocument = new TypedDocumentString(`
    query PlanChoices($id: ID!) {
  deployment(id: $id) {
    id
    planChoices {
      current
      allowed
      reason
      over {
        quota
        limit
        used
      }
      plan {
        id
        name
        plainPort
        quotas {
          clientsMax
          sessionsMax
          messagesPerSecondMax
          clientPublishPerSecondMax
          packetBytesMax
          subscriptionsPerClientMax
          topicLevelsMax
          queueLengthMax
          inflightMax
          sessionExpirySecondsMax
          credentialsMax
          accessRulesMax
          retainedMax
          storeBytesMax
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PlanChoicesQuery, PlanChoicesQueryVariables>;
export const ResizeDeploymentDocument = new TypedDocumentString(`
    mutation ResizeDeployment($input: ResizeDeploymentInput!) {
  resizeDeployment(input: $input) {
    deployment {
      ...DeploymentDetail
    }
    operation {
      id
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment DeploymentDetail on Deployment {
  id
  name
  slug
  phase
  phaseReason
  version
  durability
  isolation
  brokerVersion
  availableBrokerVersion
  autoUpgrade
  policyRevision
  appliedRevision
  deletionProtection
  sleepAfterSeconds
  asleepSince
  nextWakeAt
  wakeCount
  lastWake {
    cause
    at
    milliseconds
  }
  expiresAt
  createdAt
  startedAt
  project {
    id
    name
    organization {
      id
      name
    }
  }
  plan {
    id
    name
    tier
  }
  region {
    id
    name
  }
  connection {
    host
    mqttsPort
    mqttPort
    wssUrl
    wsUrl
  }
  quotas {
    clientsMax
    sessionsMax
    messagesPerSecondMax
    clientPublishPerSecondMax
    packetBytesMax
    subscriptionsPerClientMax
    topicLevelsMax
    queueLengthMax
    inflightMax
    sessionExpirySecondsMax
    credentialsMax
    accessRulesMax
    retainedMax
    storeBytesMax
  }
  limitHits {
    limit
    hits
  }
  latest {
    at
    clients
    sessions
    subscriptions
    retained
    messagesIn
    messagesOut
    bytesIn
    bytesOut
    messagesDropped
    connectsRefused
    memoryBytes
    storeBytes
  }
  currentOperation {
    id
  }
  drift {
    kind
    attributes
    foundAt
  }
  viewerCan {
    update {
      allowed
      reason
    }
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
    delete {
      allowed
      reason
    }
    resize {
      allowed
      reason
    }
    upgrade {
      allowed
      reason
    }
    createCredential {
      allowed
      reason
    }
    disconnectClient {
      allowed
      reason
    }
  }
}`) as unknown as TypedDocumentString<ResizeDeploymentMutation, ResizeDeploymentMutationVariables>;
export const UpgradeDeploymentDocument = new TypedDocumentString(`
    mutation UpgradeDeployment($input: UpgradeDeploymentInput!) {
  upgradeDeployment(input: $input) {
    operation {
      id
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<UpgradeDeploymentMutation, UpgradeDeploymentMutationVariables>;
export const CreateDeploymentDocument = new TypedDocumentString(`
    mutation CreateDeployment($input: CreateDeploymentInput!) {
  createDeployment(input: $input) {
    deployment {
      ...DeploymentDetail
    }
    operation {
      id
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment DeploymentDetail on Deployment {
  id
  name
  slug
  phase
  phaseReason
  version
  durability
  isolation
  brokerVersion
  availableBrokerVersion
  autoUpgrade
  policyRevision
  appliedRevision
  deletionProtection
  sleepAfterSeconds
  asleepSince
  nextWakeAt
  wakeCount
  lastWake {
    cause
    at
    milliseconds
  }
  expiresAt
  createdAt
  startedAt
  project {
    id
    name
    organization {
      id
      name
    }
  }
  plan {
    id
    name
    tier
  }
  region {
    id
    name
  }
  connection {
    host
    mqttsPort
    mqttPort
    wssUrl
    wsUrl
  }
  quotas {
    clientsMax
    sessionsMax
    messagesPerSecondMax
    clientPublishPerSecondMax
    packetBytesMax
    subscriptionsPerClientMax
    topicLevelsMax
    queueLengthMax
    inflightMax
    sessionExpirySecondsMax
    credentialsMax
    accessRulesMax
    retainedMax
    storeBytesMax
  }
  limitHits {
    limit
    hits
  }
  latest {
    at
    clients
    sessions
    subscriptions
    retained
    messagesIn
    messagesOut
    bytesIn
    bytesOut
    messagesDropped
    connectsRefused
    memoryBytes
    storeBytes
  }
  currentOperation {
    id
  }
  drift {
    kind
    attributes
    foundAt
  }
  viewerCan {
    update {
      allowed
      reason
    }
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
    delete {
      allowed
      reason
    }
    resize {
      allowed
      reason
    }
    upgrade {
      allowed
      reason
    }
    createCredential {
      allowed
      reason
    }
    disconnectClient {
      allowed
      reason
    }
  }
}`) as unknown as TypedDocumentString<CreateDeploymentMutation, CreateDeploymentMutationVariables>;
export const UpdateDeploymentDocument = new TypedDocumentString(`
    mutation UpdateDeployment($input: UpdateDeploymentInput!) {
  updateDeployment(input: $input) {
    deployment {
      ...DeploymentDetail
    }
    userErrors {
      code
      message
      path
    }
  }
}
    fragment DeploymentDetail on Deployment {
  id
  name
  slug
  phase
  phaseReason
  version
  durability
  isolation
  brokerVersion
  availableBrokerVersion
  autoUpgrade
  policyRevision
  appliedRevision
  deletionProtection
  sleepAfterSeconds
  asleepSince
  nextWakeAt
  wakeCount
  lastWake {
    cause
    at
    milliseconds
  }
  expiresAt
  createdAt
  startedAt
  project {
    id
    name
    organization {
      id
      name
    }
  }
  plan {
    id
    name
    tier
  }
  region {
    id
    name
  }
  connection {
    host
    mqttsPort
    mqttPort
    wssUrl
    wsUrl
  }
  quotas {
    clientsMax
    sessionsMax
    messagesPerSecondMax
    clientPublishPerSecondMax
    packetBytesMax
    subscriptionsPerClientMax
    topicLevelsMax
    queueLengthMax
    inflightMax
    sessionExpirySecondsMax
    credentialsMax
    accessRulesMax
    retainedMax
    storeBytesMax
  }
  limitHits {
    limit
    hits
  }
  latest {
    at
    clients
    sessions
    subscriptions
    retained
    messagesIn
    messagesOut
    bytesIn
    bytesOut
    messagesDropped
    connectsRefused
    memoryBytes
    storeBytes
  }
  currentOperation {
    id
  }
  drift {
    kind
    attributes
    foundAt
  }
  viewerCan {
    update {
      allowed
      reason
    }
    start {
      allowed
      reason
    }
    stop {
      allowed
      reason
    }
    delete {
      allowed
      reason
    }
    resize {
      allowed
      reason
    }
    upgrade {
      allowed
      reason
    }
    createCredential {
      allowed
      reason
    }
    disconnectClient {
      allowed
      reason
    }
  }
}`) as unknown as TypedDocumentString<UpdateDeploymentMutation, UpdateDeploymentMutationVariables>;
export const StartDeploymentDocument = new TypedDocumentString(`
    mutation StartDeployment($input: StartDeploymentInput!) {
  startDeployment(input: $input) {
    operation {
      id
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<StartDeploymentMutation, StartDeploymentMutationVariables>;
export const StopDeploymentDocument = new TypedDocumentString(`
    mutation StopDeployment($input: StopDeploymentInput!) {
  stopDeployment(input: $input) {
    operation {
      id
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<StopDeploymentMutation, StopDeploymentMutationVariables>;
export const DeleteDeploymentDocument = new TypedDocumentString(`
    mutation DeleteDeployment($input: DeleteDeploymentInput!) {
  deleteDeployment(input: $input) {
    operation {
      id
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteDeploymentMutation, DeleteDeploymentMutationVariables>;
export const ExportsDocument = new TypedDocumentString(`
    query Exports($organizationId: ID!, $first: Int!, $after: String) {
  exports(organizationId: $organizationId, first: $first, after: $after) {
    nodes {
      id
      kind
      from
      to
      state
      rows
      bytes
      errorCode
      errorMessage
      requestedBy
      createdAt
      expiresAt
      downloadUrl
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    totalCount
  }
}
    `) as unknown as TypedDocumentString<ExportsQuery, ExportsQueryVariables>;
export const ExportsUpdatedDocument = new TypedDocumentString(`
    subscription ExportsUpdated($organizationId: ID!) {
  exportsUpdated(organizationId: $organizationId) {
    id
    state
  }
}
    `) as unknown as TypedDocumentString<ExportsUpdatedSubscription, ExportsUpdatedSubscriptionVariables>;
export const CreateExportDocument = new TypedDocumentString(`
    mutation CreateExport($input: CreateExportInput!) {
  createExport(input: $input) {
    export {
      id
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<CreateExportMutation, CreateExportMutationVariables>;
export const CellsDocument = new TypedDocumentString(`
    query Cells {
  cells {
    id
    name
    regionId
    kind
    weight
    full
    machines {
      id
      name
      host
      isolation
      seenAt
      lost
      state
      certificateExpiresAt
      deployments
    }
  }
}
    `) as unknown as TypedDocumentString<CellsQuery, CellsQueryVariables>;
export const UpdateCellDocument = new TypedDocumentString(`
    mutation UpdateCell($input: UpdateCellInput!) {
  updateCell(input: $input) {
    cell {
      id
      weight
      full
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateCellMutation, UpdateCellMutationVariables>;
export const TroubledDocument = new TypedDocumentString(`
    query Troubled {
  troubledDeployments {
    organizationName
    deploymentId
    deploymentName
    phase
    reason
    verb
    attempts
    lastError
    nextTryAt
    since
  }
}
    `) as unknown as TypedDocumentString<TroubledQuery, TroubledQueryVariables>;
export const OrphansDocument = new TypedDocumentString(`
    query Orphans {
  orphans {
    id
    deploymentId
    reason
    removed
    foundAt
  }
}
    `) as unknown as TypedDocumentString<OrphansQuery, OrphansQueryVariables>;
export const RepairDeploymentDocument = new TypedDocumentString(`
    mutation RepairDeployment($input: RepairDeploymentInput!) {
  repairDeployment(input: $input) {
    operation {
      id
      state
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<RepairDeploymentMutation, RepairDeploymentMutationVariables>;
export const CreateJoinTokenDocument = new TypedDocumentString(`
    mutation CreateJoinToken($input: CreateJoinTokenInput!) {
  createJoinToken(input: $input) {
    joinToken {
      id
      cell
      expiresAt
    }
    token
    command
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<CreateJoinTokenMutation, CreateJoinTokenMutationVariables>;
export const RevokeMachineDocument = new TypedDocumentString(`
    mutation RevokeMachine($input: RevokeMachineInput!) {
  revokeMachine(input: $input) {
    revokedId
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<RevokeMachineMutation, RevokeMachineMutationVariables>;
export const RemoveMachineDocument = new TypedDocumentString(`
    mutation RemoveMachine($input: RemoveMachineInput!) {
  removeMachine(input: $input) {
    removedId
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<RemoveMachineMutation, RemoveMachineMutationVariables>;
export const MetricsDocument = new TypedDocumentString(`
    query Metrics($id: ID!, $rangeSeconds: Int!) {
  deployment(id: $id) {
    id
    metrics(rangeSeconds: $rangeSeconds) {
      stepSeconds
      points {
        at
        clients
        messagesIn
        messagesOut
        bytesIn
        bytesOut
        messagesDropped
        connectsRefused
        memoryBytes
        storeBytes
      }
    }
  }
}
    `) as unknown as TypedDocumentString<MetricsQuery, MetricsQueryVariables>;
export const MetricsUpdatedDocument = new TypedDocumentString(`
    subscription MetricsUpdated($id: ID!) {
  deploymentMetrics(id: $id) {
    at
    clients
    messagesIn
    messagesOut
    bytesIn
    bytesOut
    messagesDropped
    connectsRefused
    memoryBytes
    storeBytes
  }
}
    `) as unknown as TypedDocumentString<MetricsUpdatedSubscription, MetricsUpdatedSubscriptionVariables>;
export const NoticesDocument = new TypedDocumentString(`
    query Notices($organizationId: ID!) {
  notices(organizationId: $organizationId, first: 100) {
    nodes {
      id
      deploymentId
      deploymentName
      kind
      dueAt
    }
  }
}
    `) as unknown as TypedDocumentString<NoticesQuery, NoticesQueryVariables>;
export const DismissNoticeDocument = new TypedDocumentString(`
    mutation DismissNotice($input: DismissNoticeInput!) {
  dismissNotice(input: $input) {
    dismissedId
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<DismissNoticeMutation, DismissNoticeMutationVariables>;
export const OperationDocument = new TypedDocumentString(`
    query Operation($id: ID!) {
  operation(id: $id) {
    ...OperationDetail
  }
}
    fragment OperationDetail on Operation {
  id
  verb
  state
  percent
  errorCode
  errorMessage
  requestedBy
  deploymentName
  deployment {
    id
    phase
  }
  createdAt
  startedAt
  finishedAt
  steps {
    name
    title
    state
    startedAt
    finishedAt
    message
  }
}`) as unknown as TypedDocumentString<OperationQuery, OperationQueryVariables>;
export const OperationUpdatedDocument = new TypedDocumentString(`
    subscription OperationUpdated($id: ID!) {
  operationUpdated(id: $id) {
    ...OperationDetail
  }
}
    fragment OperationDetail on Operation {
  id
  verb
  state
  percent
  errorCode
  errorMessage
  requestedBy
  deploymentName
  deployment {
    id
    phase
  }
  createdAt
  startedAt
  finishedAt
  steps {
    name
    title
    state
    startedAt
    finishedAt
    message
  }
}`) as unknown as TypedDocumentString<OperationUpdatedSubscription, OperationUpdatedSubscriptionVariables>;
export const OperationsDocument = new TypedDocumentString(`
    query Operations($deploymentId: ID, $first: Int!, $after: String) {
  operations(deploymentId: $deploymentId, first: $first, after: $after) {
    nodes {
      id
      verb
      state
      percent
      errorCode
      errorMessage
      requestedBy
      deploymentName
      deployment {
        id
      }
      createdAt
      startedAt
      finishedAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    totalCount
  }
}
    `) as unknown as TypedDocumentString<OperationsQuery, OperationsQueryVariables>;
export const CreateProjectDocument = new TypedDocumentString(`
    mutation CreateProject($input: CreateProjectInput!) {
  createProject(input: $input) {
    project {
      id
      name
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<CreateProjectMutation, CreateProjectMutationVariables>;
export const SearchDeploymentsDocument = new TypedDocumentString(`
    query SearchDeployments($search: String!) {
  deployments(filter: {search: $search}, first: 8) {
    nodes {
      id
      name
      phase
      project {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SearchDeploymentsQuery, SearchDeploymentsQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    person {
      id
      email
      name
    }
    isOperator
    organizations {
      id
      name
      viewerCan {
        createProject {
          allowed
          reason
        }
        createApiKey {
          allowed
          reason
        }
        createExport {
          allowed
          reason
        }
      }
      projects(first: 100) {
        nodes {
          id
          name
          viewerCan {
            createDeployment {
              allowed
              reason
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const InstallationDocument = new TypedDocumentString(`
    query Installation {
  installation {
    signUp
    caUrl
    domain
    version
  }
}
    `) as unknown as TypedDocumentString<InstallationQuery, InstallationQueryVariables>;