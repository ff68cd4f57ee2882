/**
 * One client link from accept to splice: peek at the ClientHello, choose the deployment, do TLS in its own context, look
 * whether MQTT or HTTP follows, tell the runtime who is there (PROXY v2), then only move bytes.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Route } from '@rookery/contracts/edge-protocol';
import { encodeProxyHeader } from '@rookery/contracts/proxy-protocol';
import type { Logger } from '@rookery/service-kit/log';
import type { RawHandle } from '@rookery/service-kit/raw-handle';
import { CLIENT_HELLO_BYTES_MAX, type ClientHello, readClientHello } from './client-hello.js';
import { type HttpHead, type HttpRequestHead, httpAnswer, mayBecomeHttp, readHttpHead } from './http-head.js';
import type { Meter } from './meter.js';
import { reachNow, type RuntimeLink } from './reach-runtime.js';
import { readAhead } from './read-ahead.js';
import type { Listener, Routes } from './route-table.js';
import { spliceHandles } from './handle-splice.js';
import { joinWhenAwake } from './sleeper.js';
import { splice } from './splice.js';
import type { WaitingRoom } from './waiting-room.js';
import { refuseUnknown, refuseUnknownWebSocket } from './unknown-deployment.js';
import { answerOnPlainPort, answerOnTlsPort, isConnect, isWholePacket } from './wrong-protocol.js';

export interface ConnectionContext {
  routes: Routes;
  meter: Meter;
  room: WaitingRoom;
  log: Logger;
  handshakeMs: number;
}

interface Entered {
  stream: Duplex;
  route: Route | null;
  serverName: string | null;
  tlsVersion: string | undefined;
  peer: { address: string; port: number };
}

export async function serveConnection(socket: Socket, listener: Listener, context: ConnectionContext): Promise<void> {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  const peer = { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? 0 };
  const deadline = setTimeout(() => socket.destroy(), context.handshakeMs);
  try {
    const entered = listener.kind === 'tls' ? await enterTls(socket, listener, peer, context) : enterPlain(socket, listener, peer, context);
    if (entered === null) return;
    await forward(entered, socket, context, () => clearTimeout(deadline));
  } catch (error) {
    context.log.debug({ err: error, peer }, 'connection failed');
    socket.destroy();
  } finally {
    clearTimeout(deadline);
  }
}

function enterPlain(socket: Socket, listener: Listener, peer: Entered['peer'], context: ConnectionContext): Entered | null {
  const route = context.routes.routeOfPort(listener.port);
  if (route === null) socket.destroy();
  return route === null ? null : { stream: socket, route, serverName: null, tlsVersion: undefined, peer };
}

async function enterTls(socket: Socket, listener: Listener, peer: Entered['peer'], context: ConnectionContext): Promise<Entered | null> {
  const peeked = await readAhead<Exclude<ClientHello, { kind: 'incomplete' }>>(socket, (bytes) => {
    const hello = readClientHello(bytes);
    if (hello.kind !== 'incomplete') return hello;
    return bytes.length > CLIENT_HELLO_BYTES_MAX ? { kind: 'invalid', reason: 'the ClientHello is too long' } : undefined;
  });
  if (peeked === null) return null;
  if (peeked.decision.kind === 'invalid') {
    context.log.info({ peer, port: listener.port, reason: peeked.decision.reason }, 'no TLS on a TLS port');
    return endWith(socket, answerOnTlsPort(peeked.bytes));
  }
  const { serverName } = peeked.decision;
  const route = listener.shared
    ? serverName === null
      ? null
      : context.routes.routeOfHost(serverName)
    : context.routes.routeOfPort(listener.port);
  const secureContext = context.routes.secureContext(route);
  if (secureContext === null) return endWith(socket, null);
  socket.unshift(peeked.bytes);
  const stream = new TLSSocket(socket, { isServer: true, secureContext, requestCert: false });
  await handshake(stream);
  return { stream, route, serverName, tlsVersion: stream.getProtocol() ?? undefined, peer };
}

function handshake(stream: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('secure', () => resolve());
    stream.on('error', reject);
    stream.once('_tlsError', reject);
    stream.once('close', () => reject(new Error('closed during the TLS handshake')));
  });
}

async function forward(entered: Entered, socket: Socket, context: ConnectionContext, handshakeDone: () => void): Promise<void> {
  const { stream, route } = entered;
  const peeked = await readAhead<'mqtt' | 'other' | Exclude<HttpHead, { kind: 'incomplete' }>>(stream, (bytes) => {
    // Nobody's CONNECT is read to its end, as a runtime would.
    if (isConnect(bytes)) return route !== null || isWholePacket(bytes) ? 'mqtt' : undefined;
    if (!mayBecomeHttp(bytes)) return 'other';
    if (bytes.length < 4) return undefined;
    const head = readHttpHead(bytes);
    return head.kind === 'incomplete' ? undefined : head;
  });
  if (route === null) handshakeDone();
  if (peeked === null) return;
  const { bytes, decision } = peeked;
  if (decision === 'other') return void endWith(stream, entered.tlsVersion === undefined ? answerOnPlainPort(bytes) : null);
  const refusal = decision === 'mqtt' ? null : refuseHttp(decision, entered);
  if (refusal !== null) return void endWith(stream, refusal);
  if (route === null) {
    if (decision === 'mqtt') return void endWith(stream, refuseUnknown(bytes));
    return refuseUnknownWebSocket(stream, decision as HttpRequestHead);
  }
  await join(entered, route, { bytes, head: decision === 'mqtt' ? null : (decision as HttpRequestHead) }, socket, context, handshakeDone);
}

/** The answer to an HTTP request that is no WebSocket upgrade for this deployment; null when it is one. */
function refuseHttp(head: Exclude<HttpHead, { kind: 'incomplete' }>, entered: Entered): Buffer | null {
  if (head.kind === 'invalid') return httpAnswer(400, 'Bad Request', head.reason);
  if (!head.upgrade)
    return httpAnswer(426, 'Upgrade Required', 'This port speaks MQTT, and MQTT over WebSocket at /mqtt. The console has its own address.');
  const misdirected = entered.serverName !== null && head.host !== null && head.host !== entered.serverName;
  return misdirected
    ? httpAnswer(421, 'Misdirected Request', 'The Host header and the TLS server name must name the same deployment.')
    : null;
}

/** What a client has said before its deployment was looked for. */
interface Said {
  bytes: Buffer;
  /** Where it asks for a WebSocket. */
  head: HttpRequestHead | null;
}

async function join(
  entered: Entered,
  route: Route,
  { bytes, head }: Said,
  socket: Socket,
  context: ConnectionContext,
  heard: () => void,
): Promise<void> {
  const { stream } = entered;
  const { deploymentId } = route;
  const targets = () => context.routes.routeOfDeployment(deploymentId)?.targets ?? [];
  const greet = () => proxyHeader(entered, socket);
  let link = await reachNow(targets());
  let opening: Buffer;
  if (link !== null) {
    heard();
    opening = Buffer.concat([greet(), bytes]);
  } else {
    const joined = await joinWhenAwake({ stream, deploymentId, first: bytes, head, targets, heard }, context.room, greet);
    if (joined === null) return;
    ({ link, opening } = joined);
  }
  if (stream.destroyed) return hangUp(link);
  const tally = context.meter.tally(deploymentId);
  context.meter.opened(tally);
  stream.once('close', () => context.meter.closed(tally));
  tally.bytesIn += bytes.length;
  if ('handle' in link) return spliceHandles(stream as Duplex & { _handle: RawHandle }, link.handle, opening, tally);
  link.socket.write(opening);
  splice(stream, link.socket, tally);
}

function proxyHeader({ peer, serverName, tlsVersion }: Entered, socket: Socket): Buffer {
  return encodeProxyHeader({
    sourceAddress: peer.address,
    sourcePort: peer.port,
    destinationAddress: socket.localAddress ?? '0.0.0.0',
    destinationPort: socket.localPort ?? 0,
    ...(serverName === null ? {} : { serverName }),
    ...(tlsVersion === undefined ? {} : { tlsVersion }),
  });
}

function hangUp(link: RuntimeLink): void {
  if ('handle' in link) link.handle.close(() => {});
  else link.socket.destroy();
}

function endWith(stream: Duplex, answer: Buffer | null): null {
  if (answer === null) stream.destroy();
  else stream.end(answer, () => setTimeout(() => stream.destroy(), 500).unref());
  return null;
}
