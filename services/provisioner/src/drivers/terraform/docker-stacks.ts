/**
 * Deployments of a docker cell: one stack each, with one container. Before every run what an earlier run left outside its
 * state is removed: the engine finishes requests whose terraform was killed, and the container's name would be taken.
 */
import { dataFolderOf, runFolderOf, tenantUid } from '@rookery/contracts/cells';
import type { Drift } from '@rookery/contracts/drift';
import { digestOf } from '@rookery/contracts/version';
import type { ContainerStacks } from '../../drift/comparison.js';
import { installationId } from '../../drift/drift.repository.js';
import type { Engine } from '../../engine/engine.js';
import { STACK_GONE } from '../../reconcile/steps.js';
import type { Situation } from '../../reconcile/situation.repository.js';
import type { Infrastructure, Progress, Stacks } from '../stacks.js';
import { failpoint } from '../../worker/failpoint.js';
import { type KnownResource, Stack, type StackKind, type StackOptions } from './stack.js';

const STACK: StackKind = { name: 'runtime-docker', passedOn: [], timeoutMs: 5 * 60_000 };

export class DockerStacks implements Stacks, ContainerStacks {
  readonly heals = true;

  constructor(
    private readonly options: StackOptions,
    readonly engine: Engine,
    private readonly dockerHost: string,
  ) {}

  async apply(situation: Situation, progress: Progress): Promise<void> {
    const { id: deploymentId, generation } = situation.deployment;
    const stack = this.stackOf(situation);
    await this.reap(deploymentId, await stack.known());
    failpoint('before-apply');
    await stack.apply(await this.variables(situation), ({ message }) => progress(message));
    failpoint('applied');
    await stack.note(generation);
  }

  async destroy(situation: Situation, progress: Progress): Promise<void> {
    failpoint('before-destroy');
    const stack = this.stackOf(situation);
    await stack.destroy(await this.variables(situation), ({ message }) => progress(message));
    failpoint('folder-removed');
    await this.reap(situation.deployment.id, []);
    await stack.note(STACK_GONE);
  }

  async inspect({ deployment }: Situation): Promise<Infrastructure> {
    const containers = await this.engine.list(`rookery.deployment=${deployment.id}`);
    return { there: containers.length > 0, facts: containers.map(({ id, state }) => `container ${id.slice(0, 12)} ${state}`) };
  }

  async compare(situation: Situation): Promise<Drift | null> {
    return this.stackOf(situation).drift(await this.variables(situation));
  }

  async known(situation: Situation): Promise<string[]> {
    return (await this.stackOf(situation).known()).map(({ id }) => id);
  }

  /** Removes containers of this deployment that are not in its state: nobody else makes any with these labels. */
  private async reap(deploymentId: string, known: readonly KnownResource[]): Promise<void> {
    for (const { id } of await this.engine.list(`rookery.deployment=${deploymentId}`))
      if (!known.some((each) => each.id === id)) await this.engine.remove(id);
  }

  private stackOf({ deployment: { organizationId, id } }: Situation): Stack {
    return new Stack(this.options, { organizationId, deploymentId: id }, STACK);
  }

  /** The image of the deployment's version; the machine's newest where that is gone, or always wanted. */
  private async imageOf({ infrastructure, docker }: Situation): Promise<string> {
    const version = infrastructure?.spec?.brokerVersion ?? null;
    const found = version === null ? null : await this.engine.findImage(digestOf(version));
    return found?.id ?? docker!.image;
  }

  private async variables(situation: Situation): Promise<object> {
    const { deployment, docker } = situation;
    const { runFolder, dataFolder, uid } = docker!;
    const user = uid ?? tenantUid(deployment.id);
    return {
      docker_host: this.dockerHost,
      runtime: {
        installation_id: await installationId(this.options.db),
        deployment_id: deployment.id,
        organization_id: deployment.organizationId,
        image: await this.imageOf(situation),
        user: `${user}:${user}`,
        run_folder: runFolderOf(runFolder, deployment.id),
        data_folder: dataFolderOf(dataFolder, deployment.id),
        memory_bytes_max: deployment.memoryBytesMax,
        durability: deployment.durability,
      },
    };
  }
}
