/** A runtime in a container that Terraform made: the agent starts and stops it, and limits what Terraform cannot. */
import type { Container, Engine } from '../engine/engine.js';
import { imageVersion } from '../engine/image-version.js';
import type { RunningRuntime } from './running-runtime.js';

const STOP_SECONDS = 10;
/** Node needs about ten threads to start and a few more to work. */
const PROCESSES_MAX = 64;
const UP: readonly string[] = ['running', 'restarting'];

export class ContainerRuntime implements RunningRuntime {
  /** Said by the runtime itself: the engine restarts it without us. */
  incarnation: string | null = null;
  readonly exited: Promise<number | null>;

  private constructor(
    private readonly engine: Engine,
    private readonly id: string,
    readonly version: string,
  ) {
    this.exited = engine.untilExit(id).catch(() => null);
  }

  /** Null: there is none that runs. */
  static async adopt(engine: Engine, deploymentId: string): Promise<ContainerRuntime | null> {
    const container = await find(engine, deploymentId);
    return container !== undefined && UP.includes(container.state) ? ContainerRuntime.of(engine, container) : null;
  }

  /** Null: Terraform has not made it yet. */
  static async start(engine: Engine, deploymentId: string): Promise<ContainerRuntime | null> {
    const container = await find(engine, deploymentId);
    if (container === undefined) return null;
    if (!UP.includes(container.state)) await engine.start(container.id);
    await engine.limitProcesses(container.id, PROCESSES_MAX);
    return ContainerRuntime.of(engine, container);
  }

  private static of(engine: Engine, { id, imageId, labels }: Container): ContainerRuntime {
    return new ContainerRuntime(engine, id, imageVersion(imageId, labels));
  }

  /** Its own end would count as a crash, and the engine would start it again. */
  stop(): void {
    void this.engine.stop(this.id, STOP_SECONDS).catch(() => {});
  }

  kill(): void {
    void this.engine.stop(this.id, 0).catch(() => {});
  }
}

/** The newest one there is; the name allows only one. */
async function find(engine: Engine, deploymentId: string): Promise<Container | undefined> {
  const [container] = await engine.list(`rookery.deployment=${deploymentId}`);
  return container;
}
