/** A runtime that runs, whatever makes it run. */
import type { IsolationLevel } from '@rookery/contracts/phases';
import type { RuntimeSpec } from '@rookery/contracts/runtime-spec';

export interface RunningRuntime {
  /** Null: it has not said so yet. */
  incarnation: string | null;
  /** Null: an earlier agent started it and did not note it. */
  readonly version: string | null;
  /** Settles when it has ended. The code is null where nobody could see it. */
  readonly exited: Promise<number | null>;
  /** Given where the runtime may not simply be asked to end: whoever runs it would start it again. */
  stop?(): void;
  kill(): void;
}

/** What a machine does for the runtimes of one kind of cell. */
export interface RuntimeHosting {
  readonly isolation: IsolationLevel;
  /** The newest runtime of this machine. */
  readonly newestVersion: string;
  /** What a start would run for this wish (null: the newest); null where that is not the agent's to choose. */
  versionFor(wanted: string | null): string | null;
  /** These are wanted by deployments; others may be removed. */
  keepVersions(wanted: ReadonlySet<string | null>): void;
  /** Makes the folders, with room for its store; before anything is started in them. */
  prepare(deploymentId: string, limits: RuntimeLimits): Promise<void>;
  /** Null: what it shall run in is being made; to be asked again soon. */
  start(deploymentId: string, incarnation: string, limits: RuntimeLimits): Promise<RunningRuntime | null>;
  /** Gives one that runs other limits. False: it takes more than they allow now; it gets them when it starts next. */
  limit(deploymentId: string, limits: RuntimeLimits): boolean;
  /** The runtime that an earlier agent left running; null when none is. */
  adopt(deploymentId: string): Promise<RunningRuntime | null>;
  adminSocket(deploymentId: string): string;
  mqttSocket(deploymentId: string): string;
  /** Folder of the tenant's data, as the agent sees it. */
  dataFolder(deploymentId: string): string;
  /** Nothing of it runs: what only a runtime needs is let go of. */
  rest(deploymentId: string): Promise<void>;
  /** Removes folders and data. */
  erase(deploymentId: string): Promise<void>;
}

export type RuntimeLimits = Pick<RuntimeSpec, 'durability' | 'memoryBytesMax' | 'storeBytesMax' | 'brokerVersion'>;
