/** Folders and containers of a docker cell on this machine. Terraform makes the containers; their folders are made here. */
import { chmodSync, chownSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolderOf, type DockerFacts, runFolderOf, tenantUid } from '@rookery/contracts/cells';
import type { Engine } from '../engine/engine.js';
import { ContainerRuntime } from './container-runtime.js';
import type { KnownDeployments } from './known-deployments.js';
import type { RunningRuntime, RuntimeHosting, RuntimeLimits } from './running-runtime.js';
import type { StoreImages } from './store-images.js';

export class ContainerHost implements RuntimeHosting {
  readonly isolation = 'container';

  constructor(
    private readonly engine: Engine,
    private readonly facts: DockerFacts,
    readonly newestVersion: string,
    private readonly known: KnownDeployments,
    private readonly images: StoreImages,
  ) {
    const folder = join(facts.runFolder, 'd');
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    chmodSync(folder, 0o711);
  }

  async prepare(deploymentId: string, { storeBytesMax }: RuntimeLimits): Promise<void> {
    await this.images.mount(this.dataFolder(deploymentId), storeBytesMax);
    const user = this.facts.uid ?? tenantUid(deploymentId);
    for (const folder of [this.runFolder(deploymentId), this.dataFolder(deploymentId)]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (this.facts.uid === null) chownSync(folder, user, user);
    }
  }

  start(deploymentId: string): Promise<RunningRuntime | null> {
    return ContainerRuntime.start(this.engine, deploymentId);
  }

  /** Terraform makes another container of another image. */
  versionFor(): null {
    return null;
  }

  /** Images are the engine's. */
  keepVersions(): void {}

  /** Terraform does it. */
  limit(): boolean {
    return true;
  }

  adopt(deploymentId: string): Promise<RunningRuntime | null> {
    return ContainerRuntime.adopt(this.engine, deploymentId);
  }

  adminSocket(deploymentId: string): string {
    return join(this.runFolder(deploymentId), 'admin.sock');
  }

  mqttSocket(deploymentId: string): string {
    return join(this.runFolder(deploymentId), 'mqtt.sock');
  }

  dataFolder(deploymentId: string): string {
    return dataFolderOf(this.facts.dataFolder, deploymentId);
  }

  rest(deploymentId: string): Promise<void> {
    return this.images.unmount(this.dataFolder(deploymentId));
  }

  async erase(deploymentId: string): Promise<void> {
    await this.rest(deploymentId);
    rmSync(this.runFolder(deploymentId), { recursive: true, force: true });
    this.known.erase(deploymentId);
  }

  private runFolder(deploymentId: string): string {
    return runFolderOf(this.facts.runFolder, deploymentId);
  }
}
