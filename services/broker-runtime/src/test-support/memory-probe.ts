/**
 * Loaded into a runtime under test (`--import`): on SIGUSR2 it collects all garbage and prints what is in use, so that a
 * test can tell memory that is held from memory that the collector has not come to yet.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Buffers are given back some time after the collection that found them unused. */
const PAUSE_MS = 100;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  collect();
  setTimeout(() => {
    collect();
    setTimeout(() => {
      const { heapUsed, external } = process.memoryUsage();
      process.stdout.write(`memory in use: ${heapUsed + external} bytes\n`);
    }, PAUSE_MS);
  }, PAUSE_MS);
});
