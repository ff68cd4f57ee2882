/**
 * What this machine last heard of each deployment: sealed, on disk, enough to run with the control plane dead.
 * The highest policy revision is kept apart, so that an older copy of a sealed file is refused: a credential that was
 * revoked stays revoked.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type MachineDeployment, machineDeploymentSchema } from '@rookery/contracts/machine-protocol';
import type { Logger } from '@rookery/service-kit/log';
import { writeDurably } from '@rookery/service-kit/files';
import { seal, unseal } from './seal.js';

export class KnownDeployments {
  private readonly folder: string;

  constructor(
    home: string,
    private readonly key: Buffer,
    private readonly log: Logger,
  ) {
    this.folder = join(home, 'deployments');
    // Passable for tenants' users, who own only their data in it; nobody else may look into it.
    mkdirSync(this.folder, { recursive: true, mode: 0o711 });
    chmodSync(this.folder, 0o711);
  }

  /** Folder of one deployment: sealed policy, certificate, log, and `data` of the tenant. */
  folderOf(deploymentId: string): string {
    return join(this.folder, deploymentId);
  }

  load(): MachineDeployment[] {
    return readdirSync(this.folder).flatMap((id) => {
      const file = this.sealedFile(id);
      if (!existsSync(file)) return [];
      try {
        const known = machineDeploymentSchema.parse(unseal(this.key, id, readFileSync(file)));
        const highest = this.highestRevision(id);
        if (known.policy.revision < highest)
          throw new Error(`policy revision ${known.policy.revision} is older than ${highest}, which this machine has seen`);
        return [known];
      } catch (error) {
        this.log.error({ err: error, deploymentId: id }, 'a sealed deployment is not usable; waiting for the control plane');
        return [];
      }
    });
  }

  save(deployment: MachineDeployment): void {
    const id = deployment.runtime.deploymentId;
    mkdirSync(this.folderOf(id), { recursive: true, mode: 0o711 });
    writeDurably(this.revisionFile(id), String(Math.max(this.highestRevision(id), deployment.policy.revision)));
    writeDurably(this.sealedFile(id), seal(this.key, id, deployment));
  }

  highestRevision(deploymentId: string): number {
    const file = this.revisionFile(deploymentId);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  }

  /** Removes everything of a deployment, the tenant's data too. */
  erase(deploymentId: string): void {
    rmSync(this.folderOf(deploymentId), { recursive: true, force: true });
  }

  private sealedFile(id: string): string {
    return join(this.folder, id, 'deployment.sealed');
  }

  private revisionFile(id: string): string {
    return join(this.folder, id, 'policy.revision');
  }
}
