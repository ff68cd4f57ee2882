/** Bundles the runtime into one file: fast to start, small in memory, nothing to install beside it. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Only aedes' own client class needs mqtt-packet, and the kernel never reaches that: without it, 2.6 MB less per broker. */
const withoutMqttPacket = {
  name: 'without-mqtt-packet',
  setup(bundler) {
    bundler.onResolve({ filter: /^mqtt-packet$/ }, () => ({ path: 'mqtt-packet', namespace: 'nothing' }));
    bundler.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default {}' }));
  },
};

/** Redis is loaded by those who use it, from a file beside the runtime. */
const redisApart = {
  name: 'redis-apart',
  setup(bundler) {
    bundler.onResolve({ filter: /redis-modules\.js$/ }, () => ({ path: './redis-modules.mjs', external: true }));
  },
};

const common = {
  outdir: here('dist'),
  outExtension: { '.js': '.mjs' },
  write: false,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  conditions: ['source'],
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
};

/** Put into its place whole: another process may be starting what is there. */
async function bundle(name, source, plugins) {
  const { outputFiles } = await build({ ...common, entryPoints: { [name]: here(source) }, plugins });
  mkdirSync(common.outdir, { recursive: true });
  for (const { path, contents } of outputFiles) {
    const unfinished = `${path}.${process.pid}`;
    writeFileSync(unfinished, contents);
    renameSync(unfinished, path);
  }
}

await bundle('runtime', 'src/main.ts', [withoutMqttPacket, redisApart]);
await bundle('redis-modules', 'src/store/redis-modules.ts', [withoutMqttPacket]);
