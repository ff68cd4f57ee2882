/**
 * The first bytes of a link: PROXY header where one is expected, then MQTT or HTTP. Whoever has not finished CONNECT
 * within ten seconds of arriving is closed, however slowly it talks.
 */
import type { Socket } from 'node:net';
import { PROXY_HEADER_BYTES_MAX, parseProxyHeader } from '@rookery/contracts/proxy-protocol';
import type { Broker } from '../broker.js';
import { SocketTransport } from './socket-transport.js';
import type { Peer, Transport, TransportEvents, TransportKind } from './transport.js';
import type { WebSocketDoor } from './web-socket-door.js';

const CONNECT_TIMEOUT_MS = 10_000;
const CONNECT = 0x10;
/** First letters of HTTP methods: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS. */
const HTTP = /^[GHPDO]/;

export class Intake {
  private door: Promise<WebSocketDoor> | null = null;

  constructor(
    private readonly broker: Broker,
    private readonly proxied: boolean,
  ) {}

  take(socket: Socket, kind: TransportKind, tlsVersion: string | null): void {
    socket.on('error', () => socket.destroy());
    const peer: Peer = { kind, remoteAddress: socket.remoteAddress ?? null, tlsVersion };
    const deadline = setTimeout(() => socket.destroy(), CONNECT_TIMEOUT_MS).unref();
    socket.once('close', () => clearTimeout(deadline));
    if (this.proxied) this.readProxyHeader(socket, peer, deadline);
    else socket.once('data', (chunk: Buffer) => this.route(socket, chunk, peer, deadline));
  }

  private readProxyHeader(socket: Socket, peer: Peer, deadline: NodeJS.Timeout): void {
    let held: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const parsed = parseProxyHeader(held);
      if (parsed.kind === 'incomplete' && held.length <= PROXY_HEADER_BYTES_MAX) return;
      socket.off('data', onData);
      if (parsed.kind !== 'header') {
        this.broker.counters.protocolErrors++;
        socket.destroy();
        return;
      }
      if (parsed.peer !== null) {
        peer.remoteAddress = parsed.peer.sourceAddress;
        peer.tlsVersion = parsed.peer.tlsVersion ?? null;
        peer.kind = peer.tlsVersion === null ? 'tcp' : 'tls';
      }
      const rest = held.subarray(parsed.bytes);
      if (rest.length > 0) this.route(socket, rest, peer, deadline);
      else socket.once('data', (next: Buffer) => this.route(socket, next, peer, deadline));
    };
    socket.on('data', onData);
  }

  private route(socket: Socket, first: Buffer, peer: Peer, deadline: NodeJS.Timeout): void {
    if (first[0] !== CONNECT && HTTP.test(String.fromCharCode(first[0]!))) {
      void this.openDoor(socket, first, peer, deadline);
      return;
    }
    const transport = new SocketTransport(socket, peer.kind, peer.remoteAddress, peer.tlsVersion);
    this.open(transport, deadline).onData(first);
  }

  private async openDoor(socket: Socket, first: Buffer, peer: Peer, deadline: NodeJS.Timeout): Promise<void> {
    socket.pause();
    this.door ??= import('./web-socket-door.js').then(({ WebSocketDoor: Door }) => Door.open());
    const door = await this.door;
    if (socket.destroyed) return;
    socket.unshift(first);
    door.take(socket, peer, this.broker.policy.quotas.packetBytesMax, (transport) => this.open(transport, deadline));
  }

  private open(transport: Transport & { listen(events: TransportEvents): void }, deadline: NodeJS.Timeout) {
    const connection = this.broker.accept(transport, () => clearTimeout(deadline));
    transport.listen(connection);
    return connection;
  }
}
