import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Workspace packages resolve to their sources, so that unit tests never meet a stale build.
export default defineConfig({
  // The file that Node itself takes for graphql: else it would be loaded twice, once by us and once by its users.
  resolve: { conditions: ['source'], alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  ssr: { resolve: { conditions: ['source', 'node', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.spec.ts', 'services/*/src/**/*.spec.ts', 'scripts/**/*.spec.ts', 'web/src/**/*.spec.ts'],
    pool: 'forks',
    // All of them: by itself Vitest leaves one core to what it does between the files, which is next to nothing.
    maxWorkers: availableParallelism(),
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
