/**
 * One subscriber of a busy topic stops reading. The ten others must get at least 95 % of what they get without it, in
 * messages per processor second of the broker; memory may grow by the bound for one client; the slow one is sent away by
 * policy (MQTT 5: 0x97, after ten seconds) and can return.
 *
 * QoS 0, 256 B, the publisher as fast as the broker reads. Each round measures both, one right after the other and in
 * turns first, so that what else the machine does falls on both; the figure is the median of the rounds' ratios.
 */
import { readFileSync } from 'node:fs';
import { TestClient } from '../../../services/broker-runtime/dist/test-support/test-client.js';
import { TestRuntime } from '../../../services/broker-runtime/dist/test-support/test-runtime.js';
import { encodePacket } from '@rookery/mqtt-codec/encode';
import { EdgeFront } from '../../support/edge-front.ts';
import { sleep } from './broker-process.ts';

const READERS = 10;
const PAYLOAD_BYTES = 256;
const MEASURE_MS = 3_000;
const RATIO_MIN = 0.95;
/** Output that may wait for one client (outlet.ts: PENDING_BYTES_MAX), an arena and a scratch buffer that it pins, and noise. */
const GROWTH_BYTES_MAX = (2 + 2 + 1) * 1024 * 1024;
const CLOCK_TICKS_PER_SECOND = 100;
const TOPIC = 'flood';

export interface SlowReaderOptions {
  rounds: number;
  /** Whether a rate below the bar fails. Memory, and what becomes of the slow one, always do. */
  judgeRate: boolean;
  /** Through an edge: it holds some of what waits for the slow one, and its own processor time is not counted. */
  edge: boolean;
  say: (line: string) => void;
}

export async function slowReader(options: SlowReaderOptions): Promise<void> {
  const front = options.edge ? await EdgeFront.open() : null;
  const runtime = await TestRuntime.startProbed('memory-probe', ...(front?.brokerArgs ?? []));
  if (front !== null) runtime.standsBehind(front.port);
  const rig = new Rig(runtime);
  try {
    await rig.run(options);
  } finally {
    await runtime.kill();
    await front?.close();
  }
}

class Rig {
  private received = 0;
  private flooding = false;
  private readonly runtime: TestRuntime;

  constructor(runtime: TestRuntime) {
    this.runtime = runtime;
  }

  async run({ rounds, judgeRate, say }: SlowReaderOptions): Promise<void> {
    for (let i = 0; i < READERS; i++) await this.reader();
    const publisher = await TestClient.open(this.runtime.where, { keepAliveSeconds: 0 });
    const undisturbed: number[] = [];
    const ratios: number[] = [];
    let grown = 0;
    await this.measure(publisher);
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0 ? await this.calm(publisher) : null;
      const disturbed = await this.disturbed(publisher);
      const calm = first ?? (await this.calm(publisher));
      undisturbed.push(calm);
      ratios.push(disturbed.rate / calm);
      grown = Math.max(grown, disturbed.grownBytes);
    }
    const ratio = median(ratios);
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    say(
      `the ten others: ${Math.round(median(undisturbed) / 1000)} k messages per processor second undisturbed, ` +
        `${percent(ratio)} of that with one that does not read (${percent(Math.min(...ratios))} to ${percent(Math.max(...ratios))} in ${rounds} rounds; bar: 95 %); ` +
        `memory grew by ${(grown / 2 ** 20).toFixed(1)} MB (bound: ${GROWTH_BYTES_MAX >> 20} MB)`,
    );
    if (judgeRate && ratio < RATIO_MIN) throw new Error('the others got less than 95 %');
    if (grown > GROWTH_BYTES_MAX) throw new Error('memory grew beyond the bound for one client');
    await this.sentAwayAndBack(publisher, say);
  }

  /** Collects garbage first, as {@link disturbed} must, or only one of the two would begin with cold memory. */
  private async calm(publisher: TestClient): Promise<number> {
    await this.runtime.memoryInUse();
    return this.measure(publisher);
  }

  /** With one subscriber that does not read: the others' rate, and by how much memory grew. */
  private async disturbed(publisher: TestClient): Promise<{ rate: number; grownBytes: number }> {
    const before = await this.runtime.memoryInUse();
    const slow = await this.stuck();
    const rate = await this.measure(publisher);
    const grownBytes = (await this.runtime.memoryInUse()) - before;
    slow.socket.destroy();
    return { rate, grownBytes };
  }

  /** Counts what it gets, by bytes. */
  private async reader(): Promise<void> {
    const client = await this.subscriber();
    client.socket.removeAllListeners('data').on('data', (chunk) => (this.received += chunk.length));
  }

  private async stuck(clientId = `slow-${Math.random()}`): Promise<TestClient> {
    const client = await this.subscriber(clientId);
    client.socket.pause();
    return client;
  }

  private async subscriber(clientId?: string): Promise<TestClient> {
    const client = await TestClient.open(this.runtime.where, { keepAliveSeconds: 0, ...(clientId !== undefined && { clientId }) });
    await client.subscribe(TOPIC);
    return client;
  }

  /** Messages to the readers per second of the broker's processor time. */
  private async measure(publisher: TestClient): Promise<number> {
    const flood = this.flood(publisher);
    await sleep(500);
    const from = { received: this.received, cpu: this.processorSeconds() };
    await sleep(MEASURE_MS);
    const messages = (this.received - from.received) / packet().length;
    const seconds = this.processorSeconds() - from.cpu;
    this.flooding = false;
    await flood;
    // The readers take what still waits for them, so that only the slow one holds memory.
    for (let seen = -1; seen !== this.received; await sleep(500)) seen = this.received;
    return messages / seconds;
  }

  private async flood({ socket }: TestClient): Promise<void> {
    const burst = Buffer.concat(Array.from({ length: 64 }, packet));
    this.flooding = true;
    while (this.flooding) {
      if (socket.write(burst)) await new Promise((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => socket.once('drain', resolve));
    }
  }

  private async sentAwayAndBack(publisher: TestClient, say: (line: string) => void): Promise<void> {
    const slow = await this.stuck('slow');
    const flood = this.flood(publisher);
    const begun = Date.now();
    while (!this.runtime.output.includes('does not read what it is sent') && Date.now() - begun < 20_000) await sleep(100);
    const seconds = (Date.now() - begun) / 1_000;
    this.flooding = false;
    await flood;
    if (seconds >= 20) throw new Error('the slow client was not sent away');
    const back = await this.subscriber('slow');
    publisher.publish(TOPIC, 'welcome');
    await back.next('publish');
    slow.socket.destroy();
    say(`the slow one was sent away after ${seconds.toFixed(1)} s, and came back`);
  }

  private processorSeconds(): number {
    const fields = readFileSync(`/proc/${this.runtime.process.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
  }
}

function packet(): Buffer {
  const payload = Buffer.alloc(PAYLOAD_BYTES, 97);
  return encodePacket({ type: 'publish', topic: TOPIC, payload, qos: 0, packetId: 0, dup: false, retain: false, properties: {} }, 5);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
