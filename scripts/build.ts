/** Builds everything that has changed since the last build. Each target has a stamp of the files it is made from. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle, stop as endBundler } from 'esbuild';
import { BIN, inRoot, NODE, ROOT } from './lib/paths.ts';
import { runStep } from './lib/run-step.ts';

interface Target {
  name: string;
  /** Files and folders, relative to the root. */
  inputs: string[];
  output: string;
  run(): Promise<void>;
}

const PACKAGES = ['contracts', 'mqtt-codec', 'policy', 'db', 'service-kit'].map((name) => `packages/${name}`);
const SERVICES = ['api', 'provisioner', 'edge', 'broker-runtime'].map((name) => `services/${name}`);

const targets: Target[] = [
  {
    name: 'packages and services',
    inputs: [...PACKAGES, ...SERVICES]
      .flatMap((folder) => [`${folder}/src`, `${folder}/tsconfig.json`, `${folder}/package.json`])
      .concat('tsconfig.base.json', 'tsconfig.json'),
    output: 'services/api/dist/main.js',
    run: () => step(join(BIN, 'tsc'), ['-b']),
  },
  {
    name: 'broker runtime',
    inputs: ['services/broker-runtime/src', 'services/broker-runtime/build.mjs', ...PACKAGES.map((p) => `${p}/src`)],
    output: 'services/broker-runtime/dist/runtime.mjs',
    run: () => step(NODE, [inRoot('services/broker-runtime/build.mjs')]),
  },
  {
    name: 'edge',
    inputs: ['services/edge/src', ...PACKAGES.map((p) => `${p}/src`)],
    output: 'services/edge/dist/edge.mjs',
    run: () => bundleService('services/edge/src/main.ts', 'services/edge/dist/edge.mjs'),
  },
  {
    name: 'agent',
    inputs: ['services/provisioner/src', ...PACKAGES.map((p) => `${p}/src`)],
    output: 'services/provisioner/dist/agent.mjs',
    run: () => bundleService('services/provisioner/src/agent.ts', 'services/provisioner/dist/agent.mjs'),
  },
  {
    name: 'machine command',
    inputs: ['services/provisioner/src', ...PACKAGES.map((p) => `${p}/src`)],
    output: 'services/provisioner/dist/rookery-machine.mjs',
    run: () => bundleService('services/provisioner/src/rookery-machine.ts', 'services/provisioner/dist/rookery-machine.mjs'),
  },
  {
    name: 'console',
    inputs: ['web/src', 'web/index.html', 'web/vite.config.ts', 'web/package.json'],
    output: 'web/dist/index.html',
    run: () => step('npm', ['run', '--silent', 'build', '-w', 'web']),
  },
];

/** One file per process: a bundle starts faster and takes less memory than a tree of modules. */
async function bundleService(entry: string, outfile: string): Promise<void> {
  await bundle({
    entryPoints: [inRoot(entry)],
    outfile: inRoot(outfile),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    conditions: ['source'],
    sourcemap: true,
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

async function step(file: string, args: string[]): Promise<void> {
  const result = await runStep(file, args);
  if (!result.ok) throw new Error(result.output);
}

function fingerprint(inputs: string[]): string {
  const hash = createHash('sha256').update(readFileSync(inRoot('package-lock.json')));
  const add = (path: string) => {
    if (path.endsWith('.spec.ts')) return;
    hash.update(path.slice(ROOT.length));
    hash.update(readFileSync(path));
  };
  const walk = (path: string) => {
    if (!existsSync(path)) return;
    if (/\.[a-z]+$/.test(path)) return add(path);
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) walk(child);
      else add(child);
    }
  };
  for (const input of inputs) walk(inRoot(input));
  return hash.digest('hex');
}

/** Builds all targets, or those that are named. */
export async function buildAll(
  say: (line: string) => void,
  names: readonly string[] = targets.map((target) => target.name),
): Promise<void> {
  const stampFile = inRoot('.cache', 'build.json');
  const stamps: Record<string, string> = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
  for (const target of targets.filter(({ name }) => names.includes(name))) {
    const now = fingerprint(target.inputs);
    if (stamps[target.name] === now && existsSync(inRoot(target.output))) continue;
    say(`Building ${target.name} …`);
    delete stamps[target.name];
    // A build cut short must not pass for a whole one.
    rmSync(inRoot(target.output), { force: true });
    if (target.output.endsWith('main.js'))
      for (const folder of [...PACKAGES, ...SERVICES]) rmSync(inRoot(folder, 'dist', '.tsbuildinfo'), { force: true });
    await target.run();
    stamps[target.name] = now;
    mkdirSync(inRoot('.cache'), { recursive: true });
    writeFileSync(stampFile, JSON.stringify(stamps, null, 1));
  }
  // Its helper process would stay as long as this one.
  await endBundler();
}

if (import.meta.main) {
  await buildAll((line) => console.log(line)).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
