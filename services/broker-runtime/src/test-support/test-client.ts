/** A client of raw packets: says exactly what a test wants said, and hears everything. */
import { connect, type Socket } from 'node:net';
import { decodePacket } from '@rookery/mqtt-codec/decode';
import { encodePacket } from '@rookery/mqtt-codec/encode';
import { Fault } from '@rookery/mqtt-codec/fault';
import { FrameReader } from '@rookery/mqtt-codec/frame-reader';
import type {
  ConnackPacket,
  ConnectPacket,
  Packet,
  ProtocolVersion,
  PublishPacket,
  SubackPacket,
  SubscriptionRequest,
} from '@rookery/mqtt-codec/packets';

const TIMEOUT_MS = 4_000;

type Where = { port: number } | { path: string };
/** The member of the union that may have this type. */
type Of<T extends Packet['type'], P = Packet> = P extends { type: infer U } ? (T extends U ? P : never) : never;

export class TestClient {
  readonly received: Packet[] = [];
  isClosed = false;
  readonly closed: Promise<void>;
  private readonly reader = new FrameReader(1 << 28);
  private readonly waiters = new Set<() => void>();
  private packetId = 0;

  private constructor(
    readonly socket: Socket,
    readonly version: ProtocolVersion,
  ) {
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.read(chunk));
  }

  static async dial(where: Where, version: ProtocolVersion = 5): Promise<TestClient> {
    const socket = connect({ ...where, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new TestClient(socket, version);
  }

  /** Connects and waits for the answer, whatever it is. */
  static async open(where: Where, given: Partial<ConnectPacket> = {}): Promise<TestClient & { connack: ConnackPacket }> {
    const client = await TestClient.dial(where, given.version ?? 5);
    client.send(connectPacket(given));
    const connack = await client.next('connack');
    return Object.assign(client, { connack });
  }

  send(packet: Packet): void {
    this.socket.write(encodePacket(packet, this.version));
  }

  raw(hex: string): void {
    this.socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  }

  publish(topic: string, payload: string | Buffer, options: Partial<PublishPacket> = {}): number {
    const qos = options.qos ?? 0;
    const packetId = qos === 0 ? 0 : (options.packetId ?? this.nextPacketId());
    const rest = { dup: false, retain: false, properties: {}, ...options };
    this.send({ type: 'publish', topic, payload: Buffer.from(payload), ...rest, qos, packetId });
    return packetId;
  }

  /** Publishes and waits until the broker has taken it. */
  async publishAcknowledged(topic: string, payload: string | Buffer, options: Partial<PublishPacket> = {}): Promise<number> {
    const packetId = this.publish(topic, payload, { qos: 1, ...options });
    if (options.qos !== 2) return (await this.next('puback')).reasonCode;
    const { reasonCode } = await this.next('pubrec');
    if (reasonCode >= 0x80) return reasonCode;
    this.send({ type: 'pubrel', packetId, reasonCode: 0, properties: {} });
    await this.next('pubcomp');
    return reasonCode;
  }

  async subscribe(filter: string, options: Partial<SubscriptionRequest> & { identifier?: number } = {}): Promise<SubackPacket> {
    const { identifier, ...rest } = options;
    const properties = identifier === undefined ? {} : { subscriptionIdentifiers: [identifier] };
    const subscription = { filter, qos: 0 as const, noLocal: false, retainAsPublished: false, retainHandling: 0 as const, ...rest };
    this.send({ type: 'subscribe', packetId: this.nextPacketId(), properties, subscriptions: [subscription] });
    return this.next('suback');
  }

  async unsubscribe(filter: string): Promise<SubackPacket> {
    this.send({ type: 'unsubscribe', packetId: this.nextPacketId(), properties: {}, filters: [filter] });
    return this.next('unsuback') as Promise<SubackPacket>;
  }

  /** The next packet of a type; others before it are left where they are. */
  async next<T extends Packet['type']>(type: T, timeoutMs = TIMEOUT_MS): Promise<Of<T>> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const at = this.received.findIndex((packet) => packet.type === type);
      if (at !== -1) return this.received.splice(at, 1)[0] as Of<T>;
      if (this.isClosed) throw new Error(`closed while waiting for ${type}`);
      if (Date.now() > deadline)
        throw new Error(`no ${type} within ${timeoutMs} ms; got ${this.received.map((packet) => packet.type).join(', ')}`);
      await this.change(deadline - Date.now());
    }
  }

  async nextPublishes(count: number): Promise<PublishPacket[]> {
    const found: PublishPacket[] = [];
    while (found.length < count) found.push((await this.next('publish')) as PublishPacket);
    return found;
  }

  /** Payloads of all that comes, acknowledged to the end of QoS 2, until nothing more comes for a while. */
  async drain(): Promise<string[]> {
    const got: string[] = [];
    for (;;) {
      const message = await this.next('publish', 300).catch(() => null);
      if (message === null) return got;
      got.push(message.payload.toString());
      if (message.qos > 0) this.acknowledge(message);
      if (message.qos !== 2) continue;
      const { packetId } = await this.next('pubrel');
      this.send({ type: 'pubcomp', packetId, reasonCode: 0, properties: {} });
    }
  }

  acknowledge(packet: PublishPacket): void {
    this.send({ type: packet.qos === 1 ? 'puback' : 'pubrec', packetId: packet.packetId, reasonCode: 0, properties: {} });
  }

  /** Everything sent before has been answered, and nothing of `type` came. */
  async nothing(type: Packet['type']): Promise<void> {
    this.send({ type: 'pingreq' });
    await this.next('pingresp');
    const found = this.received.find((packet) => packet.type === type);
    if (found !== undefined) throw new Error(`unexpected ${JSON.stringify(found)}`);
  }

  async ping(): Promise<void> {
    this.send({ type: 'pingreq' });
    await this.next('pingresp');
  }

  async leave(): Promise<void> {
    this.send({ type: 'disconnect', reasonCode: 0, properties: {} });
    await this.closed;
  }

  /** The link breaks, without a word. */
  async cut(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.closed;
  }

  private nextPacketId(): number {
    this.packetId = (this.packetId % 65_535) + 1;
    return this.packetId;
  }

  private read(chunk: Buffer): void {
    this.reader.push(chunk);
    while (this.reader.next() === true) {
      const { bytes, start, bodyAt, end } = this.reader;
      const packet = decodePacket(Buffer.from(bytes), bytes[start]!, bodyAt, end, this.version);
      if (packet instanceof Fault) throw new Error(`the broker sent a malformed packet: ${packet.message}`);
      this.received.push(packet);
    }
    this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters) waiter();
  }

  private change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, timeoutMs));
      this.waiters.add(done);
    });
  }
}

let counter = 0;

export function connectPacket(given: Partial<ConnectPacket> = {}): ConnectPacket {
  return {
    type: 'connect',
    version: 5,
    cleanStart: true,
    keepAliveSeconds: 60,
    clientId: `client-${++counter}`,
    will: null,
    username: null,
    password: null,
    properties: {},
    ...given,
  };
}
