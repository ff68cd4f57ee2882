/**
 * HTTP that wants to become WebSocket. Loaded when the first client speaks HTTP: most brokers never need it, and it is
 * a megabyte of memory.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { Transport } from './transport.js';
import { WebSocketTransport } from './web-socket-transport.js';

const SUBPROTOCOLS = ['mqtt', 'mqttv3.1'];
const HELP = 'This is an MQTT broker. Connect with MQTT, or with WebSocket and the subprotocol mqtt.\n';

/** Who asks for WebSocket, as the link below knows it. */
export type Peer = Pick<Transport, 'kind' | 'remoteAddress' | 'tlsVersion'>;

export type Opened = (transport: Transport) => void;

export class WebSocketDoor {
  private readonly peers = new WeakMap<Duplex, { peer: Peer; frameBytesMax: number; opened: Opened }>();
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    // The client must offer one of ours [MQTT-6.0.0-3], the server answers with the one it takes [MQTT-6.0.0-4].
    handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
  });

  private constructor(private readonly http: Server) {
    http.on('request', (_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket', connection: 'close' }).end(HELP);
    });
    http.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    http.on('clientError', (_error, socket) => socket.destroy());
  }

  static async open(): Promise<WebSocketDoor> {
    const { createServer } = await import('node:http');
    return new WebSocketDoor(createServer());
  }

  /** Takes over a socket whose first bytes were put back. */
  take(socket: Socket, peer: Peer, frameBytesMax: number, opened: Opened): void {
    this.peers.set(socket, { peer, frameBytesMax, opened });
    this.http.emit('connection', socket);
    socket.resume();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const known = this.peers.get(socket);
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (known === undefined || !offered.some((name) => SUBPROTOCOLS.includes(name))) {
      socket.end(`HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: ${HELP.length}\r\n\r\n${HELP}`);
      return;
    }
    // Read at each upgrade: a whole packet may come in one frame.
    this.sockets.options.maxPayload = known.frameBytesMax;
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const kind = known.peer.kind === 'tls' || known.peer.tlsVersion !== null ? 'wss' : 'ws';
      known.opened(new WebSocketTransport(webSocket, kind, known.peer.remoteAddress, known.peer.tlsVersion));
    });
  }
}
