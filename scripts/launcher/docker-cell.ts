/**
 * The docker cell of this machine: where an engine, its command and terraform are found, deployments of the region
 * `local-docker` are containers that Terraform makes.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../lib/paths.ts';
import { runStep } from '../lib/run-step.ts';
import type { Settings } from './settings.ts';

export const DEFAULT_SOCKET = '/var/run/docker.sock';
const BUNDLE = inRoot('services/broker-runtime/dist');

export interface DockerCell {
  /** Address of the engine. */
  host: string;
}

/** Null where something of it is missing, or it is turned off. */
export async function findDockerCell({ ROOKERY_DOCKER, DOCKER_HOST, TERRAFORM_BIN }: Settings): Promise<DockerCell | null> {
  const host = DOCKER_HOST ?? (existsSync(DEFAULT_SOCKET) ? `unix://${DEFAULT_SOCKET}` : null);
  if (ROOKERY_DOCKER === 'off' || host === null) return null;
  const answers = await Promise.all([
    runStep('docker', ['version', '--format', '{{.Server.Version}}'], { env: { DOCKER_HOST: host } }),
    runStep(TERRAFORM_BIN, ['version'], { env: { CHECKPOINT_DISABLE: '1' } }),
  ]);
  return answers.every(({ ok }) => ok) ? { host } : null;
}

/** Id of the runtime's image in the engine; built when this bundle has none yet. Rejects with what the engine said. */
export async function runtimeImage(cell: DockerCell, nodeImage: string): Promise<string> {
  const tag = `rookery-runtime:${bundleHash(nodeImage)}`;
  const docker = (args: string[]) => runStep('docker', args, { env: { DOCKER_HOST: cell.host, DOCKER_BUILDKIT: '0' } });
  const idOf = async () => {
    const { ok, output } = await docker(['image', 'inspect', '--format', '{{.Id}}', tag]);
    return ok ? output.trim() : null;
  };
  const known = await idOf();
  if (known !== null) return known;
  const file = inRoot('docker/runtime.Dockerfile');
  const built = await docker(['build', '-q', '-f', file, '--build-arg', `NODE_IMAGE=${nodeImage}`, '-t', tag, BUNDLE]);
  const id = built.ok ? await idOf() : null;
  if (id === null) throw new Error(`the image of the runtime could not be built: ${built.output.trim().split('\n').slice(-3).join(' ')}`);
  return id;
}

function bundleHash(nodeImage: string): string {
  const hash = createHash('sha256')
    .update(nodeImage)
    .update(readFileSync(inRoot('docker/runtime.Dockerfile')));
  for (const name of readdirSync(BUNDLE)
    .filter((each) => each.endsWith('.mjs'))
    .sort())
    hash.update(name).update(readFileSync(join(BUNDLE, name)));
  return hash.digest('hex').slice(0, 12);
}
