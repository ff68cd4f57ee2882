/**
 * What this machine last heard of each deployment: sealed, on disk, enough to run with the control plane dead.
 * The highest policy revision is kept apart, so that an older copy of a sealed file is refused: a credential that was
 * revoked stays revoked.
 */
import { createHash, hkdfSync } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type MachineDeployment, machineDeploymentSchema } from '@rookery/contracts/machine-protocol';
import type { Logger } from '@rookery/service-kit/log';
import { writeDurably, writeTogether } from '@rookery/service-kit/files';
import { seal, unseal } from './seal.js';

const SEALED = 'deployment.sealed';
const REVISION = 'policy.revision';
const OVERFULL = 'overfull';

/** What is held in memory of a deployment: its policy is not, there may be ten thousand. */
export interface KnownDeployment extends Omit<MachineDeployment, 'policy'> {
  policyRevision: number;
  /** Of the policy: it may be changed without a new spec. */
  storeBytesMax: number;
}

export function summaryOf({ policy, ...rest }: MachineDeployment): KnownDeployment {
  return { ...rest, policyRevision: policy.revision, storeBytesMax: policy.quotas.storeBytesMax };
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

  /** What its runtime prints. */
  logFile(deploymentId: string): string {
    return join(this.folder, deploymentId, 'runtime.log');
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

  /** On disk when it resolves. Different ones may be saved at a time: what they wait for is the same disk. */
  async save(deployment: MachineDeployment): Promise<void> {
    const id = deployment.runtime.deploymentId;
    const digest = digestOf(deployment);
    if (this.digests.get(id) === digest) return;
    const folder = this.folderOf(id);
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    // In this order: of a crash in between is left a revision that is too low, not a file that is too old to be read.
    await writeTogether(folder, [
      { name: SEALED, bytes: seal(this.key, id, deployment) },
      { name: REVISION, bytes: String(Math.max(this.highestRevision(id), deployment.policy.revision)) },
    ]);
    this.digests.set(id, digest);
  }

  /** 48 bytes, base64: of a deployment's TLS session tickets, known to this machine alone and the same for good. */
  ticketKeys(id: string): string {
    return Buffer.from(hkdfSync('sha256', this.key, '', `session tickets of ${id}`, 48)).toString('base64');
  }

  highestRevision(deploymentId: string): number {
    const file = this.revisionFile(deploymentId);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  }

  /** The generation that filled the disk and was stopped for it; null: none was. It is on disk, or a new agent would forgive. */
  overfullGeneration(deploymentId: string): number | null {
    const file = join(this.folder, deploymentId, OVERFULL);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : null;
  }

  noteOverfull(deploymentId: string, generation: number): void {
    writeDurably(join(this.folder, deploymentId, OVERFULL), String(generation));
  }

  /** Removes everything of a deployment, the tenant's data too. */
  erase(deploymentId: string): void {
    this.digests.delete(deploymentId);
    rmSync(this.folderOf(deploymentId), { recursive: true, force: true });
  }

  private sealedFile(id: string): string {
    return join(this.folder, id, SEALED);
  }

  private revisionFile(id: string): string {
    return join(this.folder, id, REVISION);
  }
}

function digestOf(deployment: MachineDeployment): string {
  return createHash('sha256').update(JSON.stringify(deployment)).digest('base64');
}
