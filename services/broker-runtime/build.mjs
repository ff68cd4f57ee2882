/** Bundles the runtime into one file: fast to start, small in memory, nothing to install beside it. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What is left out of the bundle, and what stands in its place. */
const standIns = {
  name: 'stand-ins',
  setup(bundler) {
    const zodSchemas = fileURLToPath(new URL('v4/classic/schemas.js', import.meta.resolve('zod')));
    bundler.onResolve({ filter: /^mqtt-packet$/ }, () => ({ path: here('src/mqtt-packet-stub.ts') }));
    // Our own stand-in asks for the real one.
    bundler.onResolve({ filter: /^zod$/ }, ({ importer }) =>
      importer.endsWith('zod-in-bundle.ts') ? { path: zodSchemas, sideEffects: false } : { path: here('src/zod-in-bundle.ts') },
    );
  },
};

await build({
  entryPoints: { runtime: here('src/main.ts') },
  outdir: here('dist'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node26',
  conditions: ['source'],
  plugins: [standIns],
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: 'none',
  logLevel: 'warning',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
