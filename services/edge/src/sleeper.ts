/**
 * A client at the door of a deployment that does not listen. What it says is read to the end of its CONNECT before anybody
 * is woken: an open port, a TLS handshake or an HTTP request wakes nothing. Then it is held, and joined to the runtime as
 * if that had been there all along.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type HttpRequestHead, httpAnswer } from './http-head.js';
import type { RuntimeLink } from './reach-runtime.js';
import { readAhead } from './read-ahead.js';
import type { WaitingRoom } from './waiting-room.js';
import { acceptWebSocket, binaryFrame, subprotocolFor, unmaskFrames } from './web-socket.js';
import { CONNECT_BYTES_MAX, readConnect } from './whole-connect.js';
import { refuseConnect } from './wrong-protocol.js';

/** Server unavailable, for MQTT 5 and for older versions. */
const UNAVAILABLE = { reasonCode: 0x88, returnCode: 3 };
const WORDS = 'The deployment is being started. Try again in a few seconds.';
/** Frames of a CONNECT may be small; their heads count too. */
const FRAMES_BYTES_MAX = 2 * CONNECT_BYTES_MAX;
const HEAD_END = '\r\n\r\n';
const RUNTIME_HEAD_BYTES_MAX = 8_192;

export interface AtTheDoor {
  stream: Duplex;
  deploymentId: string;
  /** What the client has said so far. */
  first: Buffer;
  /** Its request, where it speaks WebSocket. */
  head: HttpRequestHead | null;
  targets: () => readonly string[];
  /** The client has said all that it must before it is let in: its time to say it is over. */
  heard(): void;
}

/** The open link, and the bytes that the client has said and the runtime must hear. */
export interface Joined {
  link: RuntimeLink;
  opening: Buffer;
}

/** Null: the client was answered and its link is ending. `greet` is what the runtime hears first on the link. */
export async function joinWhenAwake(door: AtTheDoor, room: WaitingRoom, greet: () => Buffer): Promise<Joined | null> {
  return door.head === null ? overMqtt(door, room, greet) : overWebSocket(door, door.head, room, greet);
}

async function overMqtt(door: AtTheDoor, room: WaitingRoom, greet: () => Buffer): Promise<Joined | null> {
  const { stream, first } = door;
  const read = await readAhead(stream, unlessIncomplete(readConnect), first);
  if (read === null) return null;
  door.heard();
  if (read.decision.kind === 'invalid') return refuse(stream, read.decision.refusal);
  const link = await hold(door, room, read.bytes.length, false);
  if (link === null) return refuse(stream, refuseConnect(read.bytes, UNAVAILABLE.reasonCode, UNAVAILABLE.returnCode, WORDS));
  return { link, opening: Buffer.concat([greet(), read.bytes]) };
}

/** The edge has done the handshake itself, to hear the CONNECT; the runtime does it again, and its answer is kept from the client. */
async function overWebSocket(door: AtTheDoor, head: HttpRequestHead, room: WaitingRoom, greet: () => Buffer): Promise<Joined | null> {
  const { stream, first } = door;
  const headBytes = first.indexOf(HEAD_END) + HEAD_END.length;
  if (head.webSocketKey === null || subprotocolFor(head) === null)
    return refuse(stream, httpAnswer(400, 'Bad Request', 'Connect with WebSocket and the subprotocol mqtt.'));
  acceptWebSocket(stream, head);
  let connect: Buffer = Buffer.alloc(0);
  const read = await readAhead(
    stream,
    unlessIncomplete((bytes) => {
      const { payload, broken } = unmaskFrames(bytes, CONNECT_BYTES_MAX);
      connect = payload;
      const found = payload.length < 2 ? ({ kind: 'incomplete' } as const) : readConnect(payload);
      if (found.kind !== 'incomplete' || (!broken && bytes.length <= FRAMES_BYTES_MAX)) return found;
      return { kind: 'invalid', refusal: Buffer.alloc(0) } as const;
    }),
    first.subarray(headBytes),
  );
  if (read === null) return null;
  door.heard();
  if (read.decision.kind === 'invalid') return refuse(stream, binaryFrame(read.decision.refusal));
  const link = await hold(door, room, read.bytes.length, true);
  const socket = link === null || 'handle' in link ? null : await shakeHands(link.socket, greet(), first.subarray(0, headBytes));
  if (socket === null) return refuse(stream, binaryFrame(refuseConnect(connect, UNAVAILABLE.reasonCode, UNAVAILABLE.returnCode, WORDS)));
  return { link: { socket }, opening: read.bytes };
}

async function hold(door: AtTheDoor, room: WaitingRoom, bytes: number, asSocket: boolean): Promise<RuntimeLink | null> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  door.stream.once('close', leave);
  try {
    return await room.wait(door.deploymentId, bytes, door.targets, gone.signal, asSocket);
  } finally {
    door.stream.off('close', leave);
  }
}

async function shakeHands(socket: Socket, greeting: Buffer, head: Buffer): Promise<Socket | null> {
  socket.on('error', () => socket.destroy());
  socket.write(Buffer.concat([greeting, head]));
  const answer = await readAhead(socket, (bytes) => {
    if (bytes.includes(HEAD_END)) return bytes.toString('latin1', 0, 12) === 'HTTP/1.1 101';
    return bytes.length > RUNTIME_HEAD_BYTES_MAX ? false : undefined;
  });
  if (answer?.decision !== true) {
    socket.destroy();
    return null;
  }
  // Nothing follows before it has heard CONNECT; if it did, it would not be lost.
  const rest = answer.bytes.subarray(answer.bytes.indexOf(HEAD_END) + HEAD_END.length);
  if (rest.length > 0) socket.unshift(rest);
  return socket;
}

function unlessIncomplete<T extends { kind: string }>(read: (bytes: Buffer) => T) {
  return (bytes: Buffer): Exclude<T, { kind: 'incomplete' }> | undefined => {
    const found = read(bytes);
    return found.kind === 'incomplete' ? undefined : (found as Exclude<T, { kind: 'incomplete' }>);
  };
}

function refuse(stream: Duplex, answer: Buffer): null {
  stream.end(answer, () => setTimeout(() => stream.destroy(), 500).unref());
  return null;
}
