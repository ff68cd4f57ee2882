/**
 * What this machine last heard of each deployment: sealed, on disk, enough to run with the control plane dead.
 * The highest policy revision is kept apart, so that an older copy of a sealed file is refused: a credential that was
 * revoked stays revoked.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type MachineDeployment, machineDeploymentSchema } from '@rookery/contracts/machine-protocol';
import type { Logger } from '@rookery/service-kit/log';
import { writeDurably } from '@rookery/service-kit/files';
import { seal, unseal } from './seal.js';

/** What is held in memory of a deployment: its policy is not, there may be ten thousand. */
export interface KnownDeployment extends Omit<MachineDeployment, 'policy'> {
  policyRevision: number;
}

export function summaryOf({ policy, ...rest }: MachineDeployment): KnownDeployment {
  return { ...rest, policyRevision: policy.revision };
}

export class KnownDeployments {
  private readonly folder: string;
  /** Of what is on disk, so that what is heard again is not written again. */
  private readonly digests = new Map<string, string>();

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

  /** Its own note of how it sleeps. */
  sleepFile(deploymentId: string): string {
    return join(this.folder, deploymentId, 'sleep.json');
  }

  load(): KnownDeployment[] {
    return readdirSync(this.folder).flatMap((id) => {
      if (!existsSync(this.sealedFile(id))) return [];
      try {
        return [summaryOf(this.read(id))];
      } catch (error) {
        this.log.error({ err: error, deploymentId: id }, 'a sealed deployment is not usable; waiting for the control plane');
        return [];
      }
    });
  }

  /** The whole of one deployment. Throws where the file was changed, or is older than what this machine has seen. */
  read(id: string): MachineDeployment {
    const known = machineDeploymentSchema.parse(unseal(this.key, id, readFileSync(this.sealedFile(id))));
    const highest = this.highestRevision(id);
    if (known.policy.revision < highest)
      throw new Error(`policy revision ${known.policy.revision} is older than ${highest}, which this machine has seen`);
    this.digests.set(id, digestOf(known));
    return known;
  }

  save(deployment: MachineDeployment): void {
    const id = deployment.runtime.deploymentId;
    const digest = digestOf(deployment);
    if (this.digests.get(id) === digest) return;
    mkdirSync(this.folderOf(id), { recursive: true, mode: 0o711 });
    writeDurably(this.revisionFile(id), String(Math.max(this.highestRevision(id), deployment.policy.revision)));
    writeDurably(this.sealedFile(id), seal(this.key, id, deployment));
    this.digests.set(id, digest);
  }

  highestRevision(deploymentId: string): number {
    const file = this.revisionFile(deploymentId);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  }

  /** Removes everything of a deployment, the tenant's data too. */
  erase(deploymentId: string): void {
    this.digests.delete(deploymentId);
    rmSync(this.folderOf(deploymentId), { recursive: true, force: true });
  }

  private sealedFile(id: string): string {
    return join(this.folder, id, 'deployment.sealed');
  }

  private revisionFile(id: string): string {
    return join(this.folder, id, 'policy.revision');
  }
}

function digestOf(deployment: MachineDeployment): string {
  return createHash('sha256').update(JSON.stringify(deployment)).digest('base64');
}
