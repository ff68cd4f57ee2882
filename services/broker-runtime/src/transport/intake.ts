/**
 * The first bytes of a link: PROXY header where one is expected, then MQTT or HTTP. Whoever has not finished CONNECT
 * within ten seconds of arriving is closed.
 */
import { PROXY_HEADER_BYTES_MAX, parseProxyHeader } from '@rookery/contracts/proxy-protocol';
import type { Broker } from '../broker.js';
import { Arrivals } from './arrivals.js';
import type { StreamTransport, Transport, TransportEvents } from './transport.js';
import type { WebSocketDoor } from './web-socket-door.js';

const CONNECT = 0x10;
/** First letters of HTTP methods: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS. */
const HTTP = /^[GHPDO]/;

export class Intake {
  private readonly arrivals: Arrivals;
  private door: Promise<WebSocketDoor> | null = null;

  constructor(
    readonly broker: Broker,
    readonly proxied: boolean,
  ) {
    this.arrivals = new Arrivals(broker.ticks);
  }

  /** Links of which nothing is known yet. */
  get arriving(): number {
    return this.arrivals.size;
  }

  take(transport: StreamTransport): void {
    this.arrivals.add(transport);
    transport.events = new Arrival(this, transport);
  }

  gone(transport: Transport): void {
    this.arrivals.settled(transport);
  }

  /** A client that speaks MQTT. */
  open(transport: Transport): TransportEvents {
    return (transport.events = this.broker.accept(transport, this.arrivals));
  }

  async openDoor(transport: StreamTransport, first: Buffer): Promise<void> {
    const { kind, remoteAddress, tlsVersion } = transport;
    const socket = transport.intoSocket(first);
    // The ten seconds go on: the link is known by what it was when it came.
    const owner = { settled: () => this.arrivals.settled(transport) };
    socket.once('close', owner.settled);
    this.door ??= import('./web-socket-door.js').then(({ WebSocketDoor: Door }) => Door.open());
    const door = await this.door;
    if (socket.destroyed) return;
    door.take(socket, { kind, remoteAddress, tlsVersion }, this.broker.policy.quotas.packetBytesMax, (webSocket) => {
      webSocket.events = this.broker.accept(webSocket, owner);
    });
  }
}

/** A link of which nothing is known yet. */
class Arrival implements TransportEvents {
  private held: Buffer | null = null;
  private identified: boolean;

  constructor(
    private readonly intake: Intake,
    private readonly transport: StreamTransport,
  ) {
    this.identified = !intake.proxied;
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.identified) return this.route(bytes, start, end);
    const chunk = bytes.subarray(start, end);
    const held = this.held === null ? chunk : Buffer.concat([this.held, chunk]);
    const parsed = parseProxyHeader(held);
    if (parsed.kind === 'incomplete' && held.length <= PROXY_HEADER_BYTES_MAX) {
      this.held = this.held === null ? Buffer.from(held) : held;
      return;
    }
    if (parsed.kind !== 'header') {
      this.intake.broker.counters.protocolErrors++;
      return this.transport.destroy();
    }
    if (parsed.peer !== null) this.transport.identify(parsed.peer.sourceAddress, parsed.peer.tlsVersion ?? null);
    this.identified = true;
    if (held.length === parsed.bytes) return;
    if (this.held === null) this.route(bytes, start + parsed.bytes, end);
    else this.route(held, parsed.bytes, held.length);
  }

  onWritten(): void {}

  onDrain(): void {}

  onClose(): void {
    this.intake.gone(this.transport);
  }

  private route(bytes: Buffer, start: number, end: number): void {
    const first = bytes[start]!;
    if (first !== CONNECT && HTTP.test(String.fromCharCode(first)))
      return void this.intake.openDoor(this.transport, Buffer.from(bytes.subarray(start, end)));
    this.intake.open(this.transport).onData(bytes, start, end);
  }
}
