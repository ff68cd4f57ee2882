/** The clients of a storm: MQTT.js, reconnecting by themselves, with their own stores over every reconnect. */
import mqtt, { type IClientOptions, type MqttClient, Store } from 'mqtt';
import { until } from '../../support/clients.ts';
import type { Ledger, Reader } from './broker-storm-ledger.ts';
import { payloadOf } from './broker-storm-ledger.ts';

const RECONNECT_MS = 40;
const SESSION_SECONDS = 3_600;
const RETAINED_PER_PUBLISHER = 10;
/** PUBCOMP "packet identifier not found": PUBREL came again after its PUBCOMP was lost. "Not an error during recovery" (§3.7.2.1). */
const RELEASED_BEFORE = 0x92;

/** What the library says of messages that it got while it resent older ones, when the link breaks then: it has not stored them. */
const GIVEN_BACK = 'Connection closed';

interface Message {
  topic: string;
  payload: string;
  retain: boolean;
  acknowledged: () => void;
}

/** A client whose session lasts. `sessions` counts connects, and says when a session that must be there was not. */
class StormClient {
  client: MqttClient;
  private connects = 0;
  private readonly stores = { incomingStore: new Store({ clean: false }), outgoingStore: new Store({ clean: false }) };

  protected readonly port: number;
  readonly clientId: string;
  /** 4 = MQTT 3.1.1, 5. */
  private readonly version: 4 | 5;
  protected readonly ledger: Ledger;

  constructor(port: number, clientId: string, version: 4 | 5, ledger: Ledger) {
    this.port = port;
    this.clientId = clientId;
    this.version = version;
    this.ledger = ledger;
    this.client = this.connect();
  }

  private connect(): MqttClient {
    const client = mqtt.connect(`mqtt://127.0.0.1:${this.port}`, {
      ...sessionOptions(this.version),
      clientId: this.clientId,
      ...this.stores,
    });
    client.on('error', () => {});
    client.on('connect', ({ sessionPresent }) => {
      const known = this.connects++ > 0;
      if (sessionPresent !== known) this.ledger.fault(`${this.clientId}: session present is ${sessionPresent} on connect ${this.connects}`);
    });
    return client;
  }

  /** Resolves when CONNACK has come. */
  up(): Promise<void> {
    return until(() => this.client.connected, `${this.clientId} to connect`, 30_000);
  }

  /** Ends the connection; the session, and what the library remembers of it, stay. */
  async away(): Promise<void> {
    await this.client.endAsync();
  }

  /** Back with the same session. */
  back(): MqttClient {
    this.client = this.connect();
    return this.client;
  }
}

export class StormPublisher extends StormClient {
  /** Given to the library, not acknowledged. */
  pending = 0;
  /** Set while no new messages may be started. */
  paused = true;
  private readonly qos: 1 | 2;
  /** To be handed to the library again. */
  private readonly givenBack: Message[] = [];

  readonly index: number;
  /** Messages in flight at a time. */
  private readonly window: number;
  private readonly random: () => number;

  constructor(port: number, index: number, ledger: Ledger, window: number, random: () => number) {
    super(port, `publisher-${index}`, index % 4 < 2 ? 5 : 4, ledger);
    this.index = index;
    this.window = window;
    this.random = random;
    this.qos = qosOf(index);
  }

  resume(): void {
    this.paused = false;
    this.fill();
  }

  private fill(): void {
    // In their old order, and before any new one.
    for (const message of this.givenBack.splice(0)) this.hand(message);
    while (!this.paused && this.pending < this.window) this.publishOne();
  }

  private publishOne(): void {
    const { ledger, index } = this;
    if (this.random() < 0.15) {
      const topic = `keep/${index}/${Math.floor(this.random() * RETAINED_PER_PUBLISHER)}`;
      const payload = this.random() < 0.25 ? '' : `${ledger.published[index]}-${this.random()}`;
      // All that was published is acknowledged before anybody compares, and a topic has one publisher.
      ledger.retained.set(topic, payload);
      this.send(topic, payload, true, () => {});
      return;
    }
    const number = ledger.published[index]!++;
    this.send(`storm/${index}`, payloadOf(index, number), false, () => {
      ledger.acknowledge(index, number);
    });
  }

  private send(topic: string, payload: string, retain: boolean, acknowledged: () => void): void {
    this.pending++;
    this.hand({ topic, payload, retain, acknowledged });
  }

  private hand(message: Message): void {
    const { topic, payload, retain, acknowledged } = message;
    this.client.publish(topic, payload, { qos: this.qos, retain }, (error) => {
      if (error?.message === GIVEN_BACK) this.givenBack.push(message);
      else {
        this.pending--;
        if (error && (error as { code?: number }).code !== RELEASED_BEFORE) this.ledger.fault(`${this.clientId}: ${error.message}`);
        else acknowledged();
      }
      setImmediate(() => this.fill());
    });
  }
}

export class StormSubscriber extends StormClient {
  readonly reader: Reader;
  private readonly qos: 1 | 2;

  constructor(port: number, reader: Reader, version: 4 | 5, ledger: Ledger, qos: 1 | 2) {
    super(port, reader.name, version, ledger);
    this.reader = reader;
    this.qos = qos;
    this.listen();
  }

  async subscribe(): Promise<void> {
    await this.up();
    await this.client.subscribeAsync('storm/#', { qos: this.qos });
  }

  override back(): MqttClient {
    super.back();
    this.listen();
    return this.client;
  }

  private listen(): void {
    this.client.on('message', (_topic, payload) => this.reader.take(payload.toString()));
  }
}

/** Publishers with even numbers speak QoS 1, the others QoS 2. */
export function qosOf(publisher: number): 1 | 2 {
  return publisher % 2 === 0 ? 1 : 2;
}

/** Connects once with this id and leaves; resolves to whether the broker had a session. */
export async function hasSession(port: number, clientId: string, keep: boolean): Promise<boolean> {
  const options: IClientOptions = { ...sessionOptions(5), clientId, reconnectPeriod: 0 };
  if (!keep) options.properties = { sessionExpiryInterval: 0 };
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, options);
  const present = await new Promise<boolean>((resolve, reject) => {
    client.once('connect', ({ sessionPresent }) => resolve(sessionPresent));
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed before CONNACK')));
  });
  await client.endAsync();
  return present;
}

/** Every retained message under `filter`, by topic; `expected` says how many to wait for. */
export async function readRetained(port: number, filter: string, expected: number): Promise<Map<string, string>> {
  const got = new Map<string, string>();
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, clean: true, reconnectPeriod: 0 });
  client.on('message', (topic, payload, { retain }) => {
    if (retain) got.set(topic, payload.toString());
  });
  await client.subscribeAsync(filter, { qos: 0 });
  await until(() => got.size >= expected, `${expected} retained messages; there are ${got.size}`, 5_000).catch(() => {});
  // One more answer from the broker: nothing may come that was not expected.
  await client.subscribeAsync('nothing/at/all', { qos: 0 });
  await client.endAsync();
  return got;
}

function sessionOptions(version: 4 | 5): IClientOptions {
  return {
    protocolVersion: version,
    clean: false,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: 5_000,
    resubscribe: false,
    keepalive: 30,
    ...(version === 5 && { properties: { sessionExpiryInterval: SESSION_SECONDS } }),
  };
}
