/**
 * A storm of QoS 1 and QoS 2 messages and retained ones, and a broker that dies at random moments of it, again and again,
 * each time with all it had not yet said. After each death it starts on what its disk holds, and then:
 * acknowledged lost 0; QoS 2 doubled 0; order kept per publisher and topic; retained exact; session present right.
 *
 * 20 publishers (half QoS 1, half QoS 2, windows of 1 to 20) and 5 subscribers, all MQTT.js: three stay online and come
 * back by themselves, two are away while the storm goes on.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/clients.ts';
import { EdgeFront } from '../../support/edge-front.ts';
import { freePort } from '../../support/free-port.ts';
import { seededRandom } from '../random.ts';
import { BrokerProcess, sleep } from './broker-process.ts';
import { Ledger } from './broker-storm-ledger.ts';
import { hasSession, qosOf, readRetained, StormPublisher, StormSubscriber } from './storm-clients.ts';

const PUBLISHERS = 20;
const WINDOW_MAX = 20;
/** The broker dies within this time of the storm's going on, ms. */
const KILL_WITHIN_MS = 400;
/** In one round of five it dies once more within this time of its restart, ms. */
const KILL_AGAIN_WITHIN_MS = 200;
const SETTLE_MS = 30_000;

export interface StormOptions {
  seed: number;
  rounds: number;
  say: (line: string) => void;
  /** Clients come through an edge, which outlives the broker. */
  edge?: boolean;
  /** More environment for the broker's process in a round. */
  envFor?: (dataFolder: string) => NodeJS.ProcessEnv;
  /** After each death, before the restart: what the power cut does to the folder. */
  afterDeath?: (dataFolder: string) => void;
  /** Whether to go on after the first fault. */
  untilFault?: boolean;
}

export interface StormFigures {
  rounds: number;
  acknowledged: number;
  /** Acknowledged to the publisher, not there for the subscriber that lacks most. */
  lost: number;
  doubled: number;
  repeatedAtQos1: number;
  faults: string[];
}

/** Throws when a guarantee does not hold; the message says which, with the seed. */
export async function brokerStorm(options: StormOptions): Promise<StormFigures> {
  const figures = await storm(options);
  const { rounds, acknowledged, lost, doubled, repeatedAtQos1, faults } = figures;
  options.say(
    `seed ${options.seed}: ${rounds} rounds, ${acknowledged} acknowledged, ${lost} lost, ${doubled} of QoS 2 doubled, ` +
      `${repeatedAtQos1} of QoS 1 repeated, ${faults.length} other faults`,
  );
  if (lost + doubled + faults.length > 0) throw new Error([`seed ${options.seed}`, ...faults.slice(0, 20)].join('\n  '));
  return figures;
}

export async function storm(options: StormOptions): Promise<StormFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'rk-storm-'));
  const edge = options.edge === true ? await EdgeFront.open() : null;
  const port = edge?.port ?? (await freePort());
  const rig = new Rig(options, port, edge?.brokerArgs ?? ['--port', String(port)], folder);
  try {
    return await rig.run();
  } finally {
    await rig.stop();
    await edge?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Rig {
  private readonly ledger = new Ledger(PUBLISHERS);
  private readonly random: () => number;
  private readonly publishers: StormPublisher[] = [];
  private readonly online: StormSubscriber[] = [];
  private readonly offline: StormSubscriber[] = [];
  private broker: BrokerProcess | null = null;
  private lost = 0;
  private readonly dataFolder: string;

  private readonly options: StormOptions;
  private readonly port: number;
  private readonly door: readonly string[];
  private readonly folder: string;

  constructor(options: StormOptions, port: number, door: readonly string[], folder: string) {
    this.options = options;
    this.port = port;
    this.door = door;
    this.folder = folder;
    this.random = seededRandom(options.seed);
    this.dataFolder = join(folder, 'data');
    mkdirSync(this.dataFolder);
    writeFileSync(join(folder, 'policy.json'), JSON.stringify({ quotas: { queueLengthMax: 10_000_000 } }));
  }

  async run(): Promise<StormFigures> {
    await this.start();
    await this.enter();
    let rounds = 0;
    while (rounds < this.options.rounds) {
      const ended = await this.round(rounds++);
      if (this.ledger.faults.length + this.ledger.doubled.length + this.lost > 0 && this.options.untilFault !== false) break;
      if (!ended) break;
      if (rounds % 20 === 0) this.options.say(`round ${rounds}: ${this.ledger.acknowledgedTotal} acknowledged`);
    }
    const { ledger } = this;
    return {
      rounds,
      acknowledged: ledger.acknowledgedTotal,
      lost: this.lost,
      doubled: ledger.doubled.length,
      repeatedAtQos1: ledger.repeatedTotal - ledger.doubled.length,
      faults: [...ledger.doubled, ...ledger.faults],
    };
  }

  async stop(): Promise<void> {
    for (const { client } of [...this.publishers, ...this.online, ...this.offline]) client.end(true);
    await this.broker?.kill();
  }

  private async start(): Promise<void> {
    this.broker = await BrokerProcess.start(this.process());
  }

  private process() {
    const env = this.options.envFor?.(this.dataFolder) ?? {};
    return { door: this.door, dataFolder: this.dataFolder, args: ['--policy', join(this.folder, 'policy.json')], env };
  }

  private async enter(): Promise<void> {
    const { ledger, port } = this;
    const window = () => 1 + Math.floor(this.random() * WINDOW_MAX);
    for (let i = 0; i < PUBLISHERS; i++) this.publishers.push(new StormPublisher(port, i, ledger, window(), this.random));
    const kinds = [
      { name: 'online-2', version: 5, qos: 2, offline: false },
      { name: 'online-1', version: 4, qos: 1, offline: false },
      { name: 'online-2-v4', version: 4, qos: 2, offline: false },
      { name: 'offline-2', version: 5, qos: 2, offline: true },
      { name: 'offline-1', version: 5, qos: 1, offline: true },
    ] as const;
    for (const { name, version, qos, offline } of kinds) {
      const reader = ledger.reader(name, (publisher) => (qos === 2 && qosOf(publisher) === 2 ? 'exactly' : 'atLeast'));
      (offline ? this.offline : this.online).push(new StormSubscriber(port, reader, version, ledger, qos));
    }
    await Promise.all([...this.publishers.map((publisher) => publisher.up()), ...this.subscribers().map((one) => one.subscribe())]);
    await Promise.all(this.offline.map((subscriber) => subscriber.away()));
  }

  private subscribers(): StormSubscriber[] {
    return [...this.online, ...this.offline];
  }

  /** Returns whether the broker could go on. */
  private async round(number: number): Promise<boolean> {
    await this.leaveTraces(number);
    for (const publisher of this.publishers) publisher.resume();
    await sleep(this.random() * KILL_WITHIN_MS);
    await this.die();
    if (this.random() < 0.2) {
      this.broker = new BrokerProcess(this.process());
      await sleep(this.random() * KILL_AGAIN_WITHIN_MS);
      await this.die();
    }
    for (const publisher of this.publishers) publisher.paused = true;
    try {
      await this.start();
      await this.settle();
      await this.compare(number);
      return true;
    } catch (error) {
      this.ledger.fault(`round ${number}: ${(error as Error).message}`);
      return false;
    }
  }

  private async die(): Promise<void> {
    await this.broker!.kill();
    const { output } = this.broker!;
    if (/"level":"error"|uncaught/i.test(output)) this.ledger.fault(`the broker said: ${output.slice(-2_000)}`);
    this.options.afterDeath?.(this.dataFolder);
  }

  /** Everything that was in flight is sent again by the library, and acknowledged. */
  private async settle(): Promise<void> {
    await Promise.all([...this.publishers, ...this.online].map((client) => client.up()));
    const open = () => this.publishers.filter(({ pending }) => pending > 0).map(({ clientId, pending }) => `${clientId}: ${pending}`);
    await until(() => open().length === 0, `the publishers' acknowledgements (${open().join(', ')})`, SETTLE_MS);
    for (const subscriber of this.offline) subscriber.back();
    await Promise.all(this.offline.map((subscriber) => subscriber.up()));
  }

  private async compare(number: number): Promise<void> {
    const readers = this.subscribers().map(({ reader }) => reader);
    await until(() => readers.every((reader) => reader.missing() === 0), 'every acknowledged message', SETTLE_MS).catch(() => {
      this.lost += Math.max(...readers.map((reader) => reader.missing()));
      for (const reader of readers) {
        if (reader.missing() === 0) continue;
        this.ledger.fault(`round ${number}: ${reader.name} lacks ${reader.missing()} acknowledged messages`);
      }
    });
    await Promise.all(this.offline.map((subscriber) => subscriber.away()));
    const there = [...this.ledger.retained.values()].filter((payload) => payload !== '').length;
    this.ledger.compareRetained(await readRetained(this.port, 'keep/#', there));
    await this.expectSession(`ended-${number}`, false);
    await this.expectSession(`kept-${number}`, true);
    await this.expectSession(`unknown-${number}`, false);
  }

  /** A session that is ended and one that is kept, both before the broker dies. */
  private async leaveTraces(number: number): Promise<void> {
    for (const name of ['ended', 'kept']) await hasSession(this.port, `${name}-${number}`, true);
    await this.expectSession(`ended-${number}`, true);
  }

  /** Asks by connecting; the session is ended with it. */
  private async expectSession(clientId: string, wanted: boolean): Promise<void> {
    const present = await hasSession(this.port, clientId, false);
    if (present !== wanted) this.ledger.fault(`${clientId}: session present is ${present}`);
  }
}
