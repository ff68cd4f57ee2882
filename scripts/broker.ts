/** `npm run broker -- …`: one broker runtime alone, without control plane. Options: docs/how-to/run-a-broker-alone.md. */
import { spawn } from 'node:child_process';
import { RUNTIME_NODE_FLAGS } from '../packages/contracts/src/runtime-flags.ts';
import { buildAll } from './build.ts';
import { inRoot, NODE } from './lib/paths.ts';

await buildAll((line) => console.error(line), ['broker runtime']);
const cwd = process.env.INIT_CWD ?? process.cwd();
const child = spawn(NODE, [...RUNTIME_NODE_FLAGS, inRoot('services/broker-runtime/dist/runtime.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd,
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 0 : 1)));
