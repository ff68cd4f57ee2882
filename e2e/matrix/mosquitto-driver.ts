/** mosquitto_sub and mosquitto_pub: one process for each subscription and each message. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isInstalled } from '../support/clients.ts';
import type { Answer, Command, Driver, Message, Transport } from './driver.ts';

const WAIT_MS = 5_000;

class Subscriber {
  readonly inbox: Message[] = [];
  private words = '';
  private readonly child: ChildProcess;

  constructor(args: string[]) {
    const format = '%j';
    this.child = spawn('stdbuf', ['-oL', 'mosquitto_sub', '-d', '-F', format, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    createInterface(this.child.stdout!).on('line', (line) => {
      if (line.startsWith('{')) this.inbox.push(read(JSON.parse(line) as Record<string, unknown>));
      else this.words += `${line}\n`;
    });
    this.child.stderr!.on('data', (chunk: Buffer) => (this.words += chunk.toString()));
  }

  /** Until the broker has answered SUBSCRIBE, or the process has ended. */
  async ready(): Promise<Answer> {
    const done = await soon(() => /Subscribed \(mid|received SUBACK/.test(this.words) || this.child.exitCode !== null);
    return done && this.child.exitCode === null ? {} : { error: this.words.slice(-500) || 'no SUBACK' };
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal);
    await soon(() => this.child.exitCode !== null || this.child.signalCode !== null);
  }
}

export class MosquittoDriver implements Driver {
  readonly missing = isInstalled('mosquitto_sub') ? null : 'the mosquitto clients are not installed';
  /** One process, one subscription: it cannot give one up, and not publish by the connection that it subscribes with. */
  readonly lacks = ['UNSUBSCRIBE', 'No Local'];
  private readonly connects = new Map<string, Command>();
  private readonly filters = new Map<string, { filter: string; qos: number }>();
  private readonly subscribers = new Map<string, Subscriber>();

  /** Debian's clients know no WebSocket. */
  supports(transport: Transport): boolean {
    return transport === 'tcp' || transport === 'tls';
  }

  async start(): Promise<void> {}

  async run(command: Command): Promise<Answer> {
    const { op, client, filter = '', message, timeoutMs = 0 } = command;
    if (op === 'connect') return this.connect(command);
    if (op === 'subscribe') return this.subscribe(client, filter, message!.qos);
    if (op === 'publish') return publish(this.connects.get(client)!, message!);
    if (op === 'receive') return this.receive(client, timeoutMs);
    await this.subscribers.get(client)?.end(op === 'cut' ? 'SIGKILL' : 'SIGTERM');
    return {};
  }

  async stop(): Promise<void> {
    await Promise.all([...this.subscribers.values()].map((subscriber) => subscriber.end('SIGKILL')));
  }

  /** A stored session is opened at once, as messages wait in it; a plain one is tried, and used when there is something to do. */
  private async connect(command: Command): Promise<Answer> {
    this.connects.set(command.client, command);
    const known = this.filters.get(command.client);
    if (command.clean === false && known !== undefined) return this.subscribe(command.client, known.filter, known.qos);
    return publish({ ...command, id: `${command.id}-try` }, { topic: `${command.id}/try`, payload: '', qos: 1, retain: false });
  }

  private async subscribe(client: string, filter: string, qos: number): Promise<Answer> {
    const command = this.connects.get(client)!;
    this.filters.set(client, { filter, qos });
    const session = command.clean === false ? ['-c', ...(command.version === 5 ? ['-x', '300'] : [])] : [];
    const subscriber = new Subscriber([
      ...common(command),
      '-i',
      command.id!,
      ...session,
      ...will(command),
      '-t',
      filter,
      '-q',
      String(qos),
    ]);
    this.subscribers.set(client, subscriber);
    return subscriber.ready();
  }

  private async receive(client: string, timeoutMs: number): Promise<Answer> {
    const { inbox } = this.subscribers.get(client)!;
    await soon(() => inbox.length > 0, timeoutMs);
    return { message: inbox.shift() ?? null };
  }
}

async function publish(command: Command, { topic, payload, qos, retain, userProperties = {}, responseTopic }: Message): Promise<Answer> {
  const properties = Object.entries(userProperties).flatMap((pair) => ['-D', 'publish', 'user-property', ...pair]);
  if (responseTopic !== undefined) properties.push('-D', 'publish', 'response-topic', responseTopic);
  const args = [...common(command), '-t', topic, '-q', String(qos), ...(retain ? ['-r'] : []), ...properties];
  const child = spawn('mosquitto_pub', [...args, ...(payload === '' ? ['-n'] : ['-s'])], { stdio: ['pipe', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  // A client that is refused does not read what it was to send.
  child.stdin.on('error', () => {});
  child.stdin.end(payload);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return code === 0 ? {} : { error: words || `exit code ${code}` };
}

function common({ endpoint, version, username, password }: Command): string[] {
  const { host, port, transport, caFile } = endpoint!;
  const tls = transport === 'tls' ? ['--cafile', caFile] : [];
  return ['-h', host, '-p', String(port), '-V', version === 5 ? 'mqttv5' : 'mqttv311', '-u', username!, '-P', password!, ...tls];
}

function will({ will: message }: Command): string[] {
  if (message === undefined) return [];
  return ['--will-topic', message.topic, '--will-payload', message.payload, '--will-qos', String(message.qos)];
}

/** Format `%j` of mosquitto_sub: the payload as text, MQTT 5 properties by their names. */
function read({ topic, payload, qos, retain, properties = {} }: Record<string, unknown>): Message {
  const given = properties as Record<string, unknown>;
  const pairs = given['user-properties'] as Record<string, string> | undefined;
  const responseTopic = given['response-topic'] as string | undefined;
  return {
    topic: topic as string,
    payload: payload as string,
    qos: qos as Message['qos'],
    retain: retain === 1,
    ...(pairs !== undefined && { userProperties: pairs }),
    ...(responseTopic !== undefined && { responseTopic }),
  };
}

async function soon(condition: () => boolean, timeoutMs = WAIT_MS): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
