/** Bundles the runtime into one file: fast to start, small in memory, nothing to install beside it. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: { runtime: here('src/main.ts') },
  outdir: here('dist'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node26',
  conditions: ['source'],
  // What only aedes' own client class needs; the kernel never reaches it.
  alias: { 'mqtt-packet': here('src/mqtt-packet-stub.ts') },
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
