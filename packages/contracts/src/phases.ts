/** Words for the life of a deployment and of an operation. One list; the database enums are made from it. */
export const DEPLOYMENT_PHASES = [
  'CREATING',
  'RUNNING',
  'UPDATING',
  'DEGRADED',
  'ASLEEP',
  'STARTING',
  'STOPPING',
  'STOPPED',
  'DELETING',
  'FAILED',
] as const;
export type DeploymentPhase = (typeof DEPLOYMENT_PHASES)[number];

export const OPERATION_VERBS = ['CREATE', 'START', 'STOP', 'RESIZE', 'UPGRADE', 'DELETE', 'REPAIR'] as const;
export type OperationVerb = (typeof OPERATION_VERBS)[number];

export const OPERATION_STATES = ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

/** What a tenant wants of a deployment (desired state, written by the api alone). */
export const DESIRED_STATES = ['RUNNING', 'STOPPED', 'DELETED'] as const;
export type DesiredState = (typeof DESIRED_STATES)[number];

/** What the machine says of a runtime. `EXITED` is a runtime that died and is being restarted. */
export const RUNTIME_STATES = ['STARTING', 'RUNNING', 'ASLEEP', 'STOPPING', 'STOPPED', 'EXITED', 'FAILED', 'DELETED'] as const;
export type RuntimeState = (typeof RUNTIME_STATES)[number];

/** What started a runtime that slept: a client's CONNECT, or something that was due (a will with a delay). */
export const WAKE_CAUSES = ['client', 'due'] as const;
export type WakeCause = (typeof WAKE_CAUSES)[number];

/** When an acknowledgement may leave: after the disk has it, after at most one second of risk, or never on disk. */
export const DURABILITIES = ['durable', 'relaxed', 'memory'] as const;
export type Durability = (typeof DURABILITIES)[number];

/** How strongly a runtime is walled in, strongest first (see docs/reference/isolation.md). */
export const ISOLATION_LEVELS = ['container', 'bubblewrap', 'unshare', 'setpriv', 'plain'] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];
