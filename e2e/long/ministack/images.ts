/** The images that ministack runs: what it takes from a registry of images elsewhere is made of Debian's packages. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../../../scripts/lib/paths.ts';
import { runStep } from '../../../scripts/lib/run-step.ts';
import { docker } from '../../support/containers.ts';

/** As the example calls them. */
export const APP_IMAGE = 'registry.example.com/rookery/api:1.0.0';
const WORKER_IMAGE = 'registry.example.com/rookery/worker:1.0.0';
/** Of the versions that the module asks for, as ministack calls them. */
const STORES = { postgres: 'postgres:17-alpine', valkey: 'valkey/valkey:8.0-alpine' };
const HERE = inRoot('e2e/long/ministack');

export async function buildStoreImages(): Promise<void> {
  for (const [name, tag] of Object.entries(STORES)) await docker('build', '--quiet', '--network', 'none', '--tag', tag, join(HERE, name));
}

/**
 * The product's image (built, or named by ROOKERY_IMAGE), and on it what an operator adds; `authorities` signs for database and
 * cache.
 */
export async function buildAppImage(folder: string, authorities: string, say: (line: string) => void): Promise<void> {
  const plain = process.env.ROOKERY_IMAGE ?? (await buildPlainImage(say));
  const context = join(folder, 'app');
  mkdirSync(context);
  cpSync(join(HERE, 'app.Dockerfile'), join(context, 'Dockerfile'));
  writeFileSync(join(context, 'authorities.pem'), authorities);
  const words = ['build', '--quiet', '--network', 'none', '--build-arg', `PLAIN=${plain}`];
  await docker(...words, '--tag', APP_IMAGE, '--tag', WORKER_IMAGE, context);
}

async function buildPlainImage(say: (line: string) => void): Promise<string> {
  const tag = 'rookery-ministack:plain';
  const bases = {
    NODE_IMAGE: process.env.NODE_IMAGE ?? 'rookery-base/node',
    TERRAFORM_IMAGE: process.env.TERRAFORM_IMAGE ?? 'rookery-base/terraform',
  };
  const built = await runStep('docker', [
    ...['build', '--quiet', '--network', 'host', '--file', inRoot('docker/Dockerfile'), '--tag', tag],
    ...Object.entries(bases).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    inRoot(),
  ]);
  if (!built.ok) throw new Error(`the image cannot be built: ${built.output.slice(-4_000)}`);
  say(`the services' image was built in ${built.seconds.toFixed(0)} s`);
  return tag;
}
