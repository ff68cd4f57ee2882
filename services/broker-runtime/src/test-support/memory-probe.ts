/**
 * Loaded into a runtime under test (`--import`): on SIGUSR2 it collects all garbage and prints what is in use, so that a
 * test can tell memory that is held from memory that the collector has not come to yet.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

process.on('SIGUSR2', () => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`memory in use: ${heapUsed + external} bytes\n`);
});
