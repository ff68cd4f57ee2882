/**
 * Node's stream handles, as `net` uses them below its sockets. One socket less per connection is two kilobytes less, and
 * one buffer that all reads share is no allocation per read. This is internal API: it is used only after
 * {@link rawHandlesWork} has seen it work in this very process, and there is always `net.Socket` to fall back to.
 */
import { createServer, type Server } from 'node:net';
import { getSystemErrorName } from 'node:util';

export interface WriteRequest {
  oncomplete: ((this: WriteRequest, status: number) => void) | null;
  /** Kept alive until the bytes have left. */
  bytes: Buffer | null;
  owner: unknown;
}

export interface RawHandle {
  /** Whoever gets what happens; ours. */
  owner: unknown;
  onread: ((this: RawHandle) => void) | null;
  readStart(): number;
  readStop(): number;
  useUserBuffer(buffer: Buffer): void;
  /** Returns an error number, or 0. */
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
  shutdown(request: object): number;
  close(done: (this: RawHandle) => void): void;
  /** TCP only. */
  getpeername?(into: { address?: string }): number;
  setNoDelay?(on: boolean): number;
}

/** Internal part of {@link connectHandle}. */
interface PipeBinding {
  Pipe: new (type: number) => RawHandle & { connect(request: object, path: string): number };
  PipeConnectWrap: new () => { oncomplete: (status: number) => void };
  constants: { SOCKET: number };
}

interface StreamBinding {
  WriteWrap: new () => WriteRequest;
  ShutdownWrap: new () => { oncomplete: () => void };
  streamBaseState: Int32Array;
  kReadBytesOrError: number;
  kLastWriteWasAsync: number;
}

type RawServer = Server & { _handle?: RawHandle & { onconnection: (status: number, handle: RawHandle | undefined) => void } };

const SELF_TEST_MS = 1_000;
/** What a read says at the end of the stream: `UV_EOF`. */
export const END_OF_FILE = -4095;

export const binding = load<StreamBinding>('stream_wrap');
const pipes = load<PipeBinding>('pipe_wrap');

function load<T>(name: string): T | null {
  try {
    return (process as unknown as { binding(name: string): T }).binding(name);
  } catch {
    return null;
  }
}

/** Opens a unix socket; nothing is read from it yet. Rejects with the system's error code. */
export function connectHandle(path: string): Promise<RawHandle> {
  return new Promise((resolve, reject) => {
    const { Pipe, PipeConnectWrap, constants } = pipes!;
    const handle = new Pipe(constants.SOCKET);
    const request = new PipeConnectWrap();
    const done = (status: number) => {
      if (status === 0) return resolve(handle);
      handle.close(() => {});
      reject(Object.assign(new Error(`cannot connect to ${path}`), { code: getSystemErrorName(status) }));
    };
    request.oncomplete = done;
    const status = handle.connect(request, path);
    if (status !== 0) done(status);
  });
}

/** Clients of a listening server come as handles from now on. */
export function acceptHandles(server: Server, accept: (handle: RawHandle) => void): void {
  const listening = (server as RawServer)._handle!;
  // Accepted sockets inherit it.
  listening.setNoDelay?.(true);
  listening.onconnection = (status, handle) => {
    if (status === 0 && handle !== undefined) accept(handle);
  };
}

let verdict: Promise<boolean> | null = null;

/** Whether handles do here what we expect of them: found out once, by talking to ourselves. */
export function rawHandlesWork(): Promise<boolean> {
  verdict ??= selfTest().catch(() => false);
  return verdict;
}

/** More than a unix socket's buffer, so that the write cannot end at once. */
const LONG_BYTES = 512 * 1024;

async function selfTest(): Promise<boolean> {
  if (process.platform !== 'linux' || binding === null || pipes === null) return false;
  const server = createServer();
  // In the abstract name space: no file, no port.
  const path = `\0rookery-${process.pid}-${process.hrtime.bigint()}`;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  const timeout = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), SELF_TEST_MS).unref());
  const served = new Promise<boolean>((resolve) => acceptHandles(server, (handle) => void serveTest(handle).then(resolve)));
  const client = await connectHandle(path);
  try {
    return await Promise.race([timeout, Promise.all([served, askTest(client)]).then(([one, two]) => one && two)]);
  } finally {
    client.close(() => {});
    server.close();
  }
}

/** Reads `ping`; a short write ends at once, a long one later. */
function serveTest(handle: RawHandle): Promise<boolean> {
  const { WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = binding!;
  const shared = Buffer.alloc(64);
  handle.useUserBuffer(shared.subarray(8));
  return new Promise((resolve) => {
    handle.onread = () => {
      if (streamBaseState[kReadBytesOrError] !== 4 || shared.toString('latin1', 8, 12) !== 'ping') return resolve(false);
      const short = handle.writeBuffer(new WriteWrap(), Buffer.from('pong'));
      if (short !== 0 || streamBaseState[kLastWriteWasAsync] !== 0) return resolve(false);
      const long = new WriteWrap();
      long.bytes = Buffer.alloc(LONG_BYTES, 'x');
      long.oncomplete = (status) => handle.close(() => resolve(status === 0));
      if (handle.writeBuffer(long, long.bytes) !== 0 || streamBaseState[kLastWriteWasAsync] === 0) resolve(false);
    };
    handle.readStart();
  });
}

function askTest(handle: RawHandle): Promise<boolean> {
  const { WriteWrap, streamBaseState, kReadBytesOrError } = binding!;
  let came = 0;
  // The handle knows the address of its buffer and nothing else: who drops the buffer lets it write into freed memory.
  handle.owner = Buffer.alloc(1 << 16);
  handle.useUserBuffer(handle.owner as Buffer);
  return new Promise((resolve) => {
    handle.onread = () => {
      const bytes = streamBaseState[kReadBytesOrError]!;
      if (bytes >= 0) came += bytes;
      else resolve(bytes === END_OF_FILE && came === LONG_BYTES + 4);
    };
    handle.readStart();
    if (handle.writeBuffer(new WriteWrap(), Buffer.from('ping')) !== 0) resolve(false);
  });
}
