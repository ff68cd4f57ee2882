/** Where the deployments are whose worker is killed: on this machine, as processes and containers, and on AWS, which is moto. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity } from '@rookery/service-kit/processes';
import { Api } from '../../support/api.ts';
import { AWS_REGION_ID, startOnAws } from '../../support/aws.ts';
import type { Cloud } from '../../support/cloud.ts';
import { CloudProcess } from '../../support/cloud-process.ts';
import { docker, managedBy } from '../../support/containers.ts';
import { freePorts, type RunningSystem, startSystem } from '../../support/system.ts';
import type { Kind } from './points.ts';
import { writeTerraformWrapper } from './terraform-wrapper.ts';

/** The region of each kind, and how long all may take to be well again. */
export const PLACES: Record<Kind, { region: string; settleMs: number }> = {
  process: { region: 'local', settleMs: 120_000 },
  docker: { region: 'local-docker', settleMs: 120_000 },
  aws: { region: AWS_REGION_ID, settleMs: 300_000 },
};

export interface Place {
  system: RunningSystem;
  api: Api;
  cloud: Cloud | null;
  close(): Promise<void>;
}

export async function onThisMachine(folder: string, failpointFile: string, withDocker: boolean): Promise<Place> {
  const terraform = writeTerraformWrapper(folder, process.env['TERRAFORM_BIN'] ?? 'terraform', failpointFile);
  const ports = await freePorts(50);
  const ofDocker = {
    ROOKERY_DOCKER: 'auto',
    DOCKER_HOST: process.env['DOCKER_HOST']!,
    TERRAFORM_BIN: terraform,
    ROOKERY_DOCKER_MQTT_PORTS: `${ports}-${ports + 49}`,
  };
  const system = await startSystem({ ROOKERY_FAILPOINT_FILE: failpointFile, ...(withDocker ? ofDocker : {}) });
  const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
  if (withDocker) await api.untilRegion(PLACES.docker.region);
  const close = async () => {
    await system.stop();
    if (withDocker) for (const { Id } of await managedBy(system)) await docker('rm', '--force', Id);
    system.remove();
  };
  return { system, api, cloud: null, close };
}

export async function onAws(folder: string, failpointFile: string): Promise<Place> {
  return startOnAws({
    installation: 'failpoints',
    folder,
    host: '127.0.0.1',
    boot: (moto) => async (booted, before) => new CloudProcess(moto.url, booted, before as CloudProcess | null),
    environment: {
      ROOKERY_FAILPOINT_FILE: failpointFile,
      TERRAFORM_BIN: writeTerraformWrapper(folder, process.env['TERRAFORM_BIN'] ?? 'terraform', failpointFile),
    },
  });
}

/** `kill -9` of what terraform runs in this run folder. */
export function endRuns(run: string): void {
  const stacks = join(run, 'infra/stacks');
  for (const name of existsSync(stacks) ? readdirSync(stacks) : []) {
    const file = join(stacks, name, 'running.json');
    const running = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity) : null;
    if (running !== null && isAlive(running)) process.kill(-running.pid, 'SIGKILL');
  }
}
