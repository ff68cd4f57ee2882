/** The fuzzer of the broker's own tests (services/broker-runtime/src/test-support/fuzzer.ts), for as long as asked. */
import { fuzz } from '../../../services/broker-runtime/dist/test-support/fuzzer.js';

export async function fuzzBroker(options: { seed: number; seconds: number; say: (line: string) => void }): Promise<void> {
  const { seed, seconds, say } = options;
  const { rounds, packets, connections, memoryBefore, memoryAfter } = await fuzz(seed, seconds, say);
  say(
    `seed ${seed}: ${seconds} s, ${rounds} rounds, ${connections} connections, ${packets} packets: 0 exits, 0 unhandled rejections, ` +
      `0 canary failures; memory ${memoryBefore >> 20} MB in use before, ${memoryAfter >> 20} MB at the end`,
  );
}
