/** Who may import whom (ARCHITECTURE.md). scripts/import-rules.spec.ts proves that each rule fires. */
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });
const ours = '^(packages|services|web)/';

module.exports = {
  forbidden: [
    forbid('no-cycle', {}, { circular: true }, 'A cycle has no first file to read.'),
    forbid(
      'no-service-to-service',
      { path: '^services/([^/]+)/' },
      { path: '^services/', pathNot: '^services/$1/' },
      'Services meet in packages only.',
    ),
    forbid('web-imports-nothing-of-ours', { path: '^web/' }, { path: '^(packages|services)/' }, 'The console knows schema.graphql alone.'),
    forbid(
      'codec-is-pure',
      { path: '^packages/mqtt-codec/src/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^packages/mqtt-codec/', dependencyTypesNot: ['core'] },
      'The codec depends on nothing.',
    ),
    forbid(
      'contracts-use-zod-only',
      { path: '^packages/contracts/src/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^packages/contracts/|node_modules/zod/', dependencyTypesNot: ['core'] },
      'Contracts are shapes and words.',
    ),
    forbid(
      'policy-uses-contracts-only',
      { path: '^packages/policy/src/', pathNot: '\\.spec\\.ts$' },
      { pathNot: '^packages/(policy|contracts)/|node_modules/zod/', dependencyTypesNot: ['core'] },
      'Policy rules are pure.',
    ),
    forbid(
      'db-for-control-plane-only',
      { path: ours, pathNot: '^(packages/db|services/api|services/provisioner)/' },
      { path: '^packages/db/' },
      'Only api and provisioner know the database.',
    ),
    forbid(
      'agent-knows-no-database',
      { path: '^services/provisioner/src/agent' },
      { path: '^packages/db/|node_modules/(pg|drizzle-orm|bullmq)/' },
      'An agent must run where no database is.',
    ),
    forbid(
      'runtime-and-edge-know-no-database',
      { path: '^services/(edge|broker-runtime)/' },
      { path: '^packages/db/|node_modules/(pg|drizzle-orm|bullmq)/' },
      'A tenant runtime knows one tenant and no database.',
    ),
    forbid('edge-needs-no-policy', { path: '^services/edge/' }, { path: '^packages/policy/' }, 'The runtime decides, never the edge.'),
    forbid(
      'codec-for-the-wire-only',
      { path: '^services/(api|provisioner)/src/', pathNot: '\\.spec\\.ts$' },
      { path: '^packages/mqtt-codec/' },
      'The control plane speaks no MQTT.',
    ),
    forbid('packages-import-no-service', { path: '^packages/' }, { path: '^(services|web)/' }, 'Packages are below services.'),
    forbid(
      'no-test-code-in-product',
      { pathNot: '(\\.spec\\.ts|^e2e/|^bench/|^scripts/|\\.e2e\\.ts|test-support)' },
      { path: '(\\.spec\\.ts$|^e2e/|test-support)' },
      'Product code needs no test code.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'node', 'default'] },
  },
};
