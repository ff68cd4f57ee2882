/** The fuzzer of the broker's own tests (services/broker-runtime/src/test-support/fuzzer.ts), for as long as asked. */
import { fuzz } from '../../../services/broker-runtime/dist/test-support/fuzzer.js';
import { EdgeFront } from '../../support/edge-front.ts';

export interface FuzzOptions {
  seed: number;
  seconds: number;
  /** Through an edge, which must live as well. */
  edge: boolean;
  say: (line: string) => void;
}

export async function fuzzBroker({ seed, seconds, edge, say }: FuzzOptions): Promise<void> {
  const front = edge ? await EdgeFront.open() : null;
  try {
    const { rounds, packets, connections, memoryBefore, memoryAfter } = await fuzz(seed, seconds, say, front);
    say(
      `seed ${seed}: ${seconds} s, ${rounds} rounds, ${connections} connections, ${packets} packets: 0 exits, 0 unhandled rejections, ` +
        `0 canary failures; memory ${memoryBefore >> 20} MB in use before, ${memoryAfter >> 20} MB at the end`,
    );
  } finally {
    await front?.close();
  }
}
