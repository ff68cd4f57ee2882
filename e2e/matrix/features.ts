/** The features that every client must find, over every version and transport: one table for all. */
import { expect } from 'vitest';
import type { Answer, Command, Driver, Endpoint, Message } from './driver.ts';

/** The clients of one run of a feature; topics are its own. */
export class Bench {
  readonly prefix: string;
  readonly version: 4 | 5;
  private readonly driver: Driver;
  private readonly defaults: Partial<Command>;

  constructor(driver: Driver, prefix: string, version: 4 | 5, endpoint: Endpoint, login: { username: string; password: string }) {
    this.driver = driver;
    this.prefix = prefix;
    this.version = version;
    this.defaults = { endpoint, version, ...login };
  }

  try(op: Command['op'], client: string, rest: Partial<Command> = {}): Promise<Answer> {
    const own = op === 'connect' ? { ...this.defaults, id: `${this.prefix}-${client}`, clean: true } : {};
    return this.driver.run({ ...own, ...rest, op, client: `${this.prefix}-${client}` });
  }

  async run(op: Command['op'], client: string, rest: Partial<Command> = {}): Promise<Answer> {
    const answer = await this.try(op, client, rest);
    if (answer.error !== undefined) throw new Error(`${op} of ${client}: ${answer.error}`);
    return answer;
  }

  async connect(client: string, rest: Partial<Command> = {}): Promise<Answer> {
    return this.run('connect', client, rest);
  }

  async subscribe(client: string, filter: string, qos: 0 | 1 | 2 = 2, rest: Partial<Command> = {}): Promise<void> {
    const message = { topic: '', payload: '', qos, retain: false };
    await this.run('subscribe', client, { filter: this.own(filter), message, ...rest });
  }

  async publish(client: string, topic: string, payload: string, rest: Partial<Message> = {}): Promise<void> {
    await this.run('publish', client, { message: { topic: `${this.prefix}/${topic}`, payload, qos: 1, retain: false, ...rest } });
  }

  /** The next message, without the prefix of its topic. */
  async next(client: string): Promise<Message> {
    const { message } = await this.run('receive', client, { timeoutMs: 5_000 });
    if (message == null) throw new Error(`${client} got nothing`);
    return { ...message, topic: message.topic.slice(this.prefix.length + 1) };
  }

  async silence(client: string): Promise<void> {
    expect((await this.run('receive', client, { timeoutMs: 250 })).message).toBeNull();
  }

  private own(filter: string): string {
    const share = /^(\$share\/[^/]+|\$queue)\/(.*)$/.exec(filter);
    return share === null ? `${this.prefix}/${filter}` : `${share[1]}/${this.prefix}/${share[2]}`;
  }
}

export interface Feature {
  name: string;
  versions: readonly (4 | 5)[];
  run(bench: Bench): Promise<void>;
}

const BOTH = [4, 5] as const;

async function pair(bench: Bench, filter = '#'): Promise<void> {
  await bench.connect('reader');
  await bench.subscribe('reader', filter);
  await bench.connect('writer');
}

export const FEATURES: readonly Feature[] = [
  {
    name: 'QoS 0, 1 and 2 arrive as they were sent',
    versions: BOTH,
    run: async (bench) => {
      await pair(bench);
      for (const qos of [0, 1, 2] as const) {
        await bench.publish('writer', `q/${qos}`, `größe ${qos}`, { qos });
        expect(await bench.next('reader')).toMatchObject({ topic: `q/${qos}`, payload: `größe ${qos}`, qos, retain: false });
      }
    },
  },
  {
    name: 'wildcards',
    versions: BOTH,
    run: async (bench) => {
      await pair(bench, 'a/+/c');
      await bench.publish('writer', 'a/b/d', 'no');
      await bench.publish('writer', 'a/b/c', 'yes');
      expect((await bench.next('reader')).payload).toBe('yes');
      await bench.silence('reader');
    },
  },
  {
    name: 'retained messages',
    versions: BOTH,
    run: async (bench) => {
      await bench.connect('writer');
      await bench.publish('writer', 'kept', 'old', { retain: true });
      await bench.publish('writer', 'kept', 'new', { retain: true });
      await bench.connect('reader');
      await bench.subscribe('reader', 'kept');
      expect(await bench.next('reader')).toMatchObject({ payload: 'new', retain: true });
      await bench.publish('writer', 'kept', '', { retain: true });
      await bench.connect('late');
      await bench.subscribe('late', 'kept');
      await bench.silence('late');
    },
  },
  {
    name: 'a will',
    versions: BOTH,
    run: async (bench) => {
      await bench.connect('reader');
      await bench.subscribe('reader', 'will');
      const will = { topic: `${bench.prefix}/will`, payload: 'gone', qos: 1 as const, retain: false };
      await bench.connect('dying', { will });
      await bench.subscribe('dying', 'none');
      await bench.run('cut', 'dying');
      expect((await bench.next('reader')).payload).toBe('gone');
    },
  },
  {
    name: 'a session that waits for its client',
    versions: BOTH,
    run: async (bench) => {
      expect((await bench.connect('reader', { clean: false })).sessionPresent ?? false).toBe(false);
      await bench.subscribe('reader', 'queue');
      await bench.run('disconnect', 'reader');
      await bench.connect('writer');
      for (let i = 0; i < 6; i++) await bench.publish('writer', 'queue', String(i), { qos: i % 2 === 0 ? 1 : 2 });
      expect((await bench.connect('reader', { clean: false })).sessionPresent ?? true).toBe(true);
      // Libraries hand over a QoS 2 message when it is released: order holds within a QoS.
      const got: Message[] = [];
      while (got.length < 6) got.push(await bench.next('reader'));
      for (const [qos, expected] of [
        [1, ['0', '2', '4']],
        [2, ['1', '3', '5']],
      ] as const)
        expect(got.filter((message) => message.qos === qos).map(({ payload }) => payload)).toEqual(expected);
    },
  },
  {
    name: 'a shared subscription',
    versions: BOTH,
    run: async (bench) => {
      for (const member of ['one', 'two']) {
        await bench.connect(member);
        await bench.subscribe(member, '$share/group/work', 1);
      }
      await bench.connect('writer');
      for (let i = 0; i < 4; i++) await bench.publish('writer', 'work', String(i));
      const got = [await bench.next('one'), await bench.next('one'), await bench.next('two'), await bench.next('two')];
      expect(got.map(({ payload }) => payload).sort()).toEqual(['0', '1', '2', '3']);
    },
  },
  {
    name: 'UNSUBSCRIBE',
    versions: BOTH,
    run: async (bench) => {
      await pair(bench, 'topic');
      await bench.run('unsubscribe', 'reader', { filter: `${bench.prefix}/topic` });
      await bench.publish('writer', 'topic', 'x');
      await bench.silence('reader');
    },
  },
  {
    name: 'a large message',
    versions: BOTH,
    run: async (bench) => {
      await pair(bench);
      const payload = 'x'.repeat(100_000);
      await bench.publish('writer', 'large', payload);
      expect((await bench.next('reader')).payload.length).toBe(payload.length);
    },
  },
  {
    name: 'a wrong password',
    versions: BOTH,
    run: async (bench) => {
      const { error } = await bench.try('connect', 'stranger', { password: 'wrong' });
      expect(error).toBeDefined();
    },
  },
  {
    name: 'user properties and a response topic',
    versions: [5],
    run: async (bench) => {
      await pair(bench);
      await bench.publish('writer', 'props', 'x', { userProperties: { unit: '°C' }, responseTopic: 'answer/here' });
      expect(await bench.next('reader')).toMatchObject({ userProperties: { unit: '°C' }, responseTopic: 'answer/here' });
    },
  },
  {
    name: 'No Local',
    versions: [5],
    run: async (bench) => {
      await pair(bench, 'other');
      await bench.subscribe('writer', 'own', 1, { noLocal: true });
      await bench.publish('writer', 'own', 'mine');
      await bench.silence('writer');
    },
  },
];
