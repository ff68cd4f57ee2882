/**
 * Node's stream handles, as `net` uses them below its sockets. One socket less per connection is two kilobytes less, and
 * one buffer that all reads share is no allocation per read. This is internal API: it is used only after
 * {@link rawHandlesWork} has seen it work in this very process, and there is always `net.Socket` to fall back to.
 */
import { connect, createServer, type Server } from 'node:net';

export interface WriteRequest {
  oncomplete: ((this: WriteRequest, status: number) => void) | null;
  /** Kept alive until the bytes have left. */
  bytes: Buffer | null;
  owner: unknown;
}

export interface RawHandle {
  /** Whoever gets what happens; ours. */
  owner: unknown;
  onread: (this: RawHandle) => void;
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

interface StreamBinding {
  WriteWrap: new () => WriteRequest;
  ShutdownWrap: new () => { oncomplete: () => void };
  streamBaseState: Int32Array;
  kReadBytesOrError: number;
  kLastWriteWasAsync: number;
}

type RawServer = Server & { _handle?: RawHandle & { onconnection: (status: number, handle: RawHandle | undefined) => void } };

const SELF_TEST_MS = 1_000;

export const binding = loadBinding();

function loadBinding(): StreamBinding | null {
  try {
    return (process as unknown as { binding(name: string): StreamBinding }).binding('stream_wrap');
  } catch {
    return null;
  }
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
  if (process.platform !== 'linux' || binding === null) return false;
  const { WriteWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = binding;
  const server = createServer();
  // In the abstract name space: no file, no port.
  const path = `\0rookery-${process.pid}-${process.hrtime.bigint()}`;
  const text = Buffer.alloc(LONG_BYTES, 'x');
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  let came = 0;
  const onread = { buffer: Buffer.alloc(1 << 16), callback: (bytes: number) => (came += bytes) > 0 };
  const client = connect({ path, onread });
  const steps = { read: false, short: false, long: false };
  const done = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), SELF_TEST_MS).unref();
    client.once('error', () => resolve(false));
    client.once('end', () => resolve(steps.read && steps.short && steps.long && came === text.length + 4));
    const shared = Buffer.alloc(64);
    acceptHandles(server, (handle) => {
      handle.useUserBuffer(shared.subarray(8));
      handle.onread = function onread() {
        if (streamBaseState[kReadBytesOrError] !== 4) return;
        steps.read = shared.toString('latin1', 8, 12) === 'ping';
        const short = new WriteWrap();
        steps.short = handle.writeBuffer(short, Buffer.from('pong')) === 0 && streamBaseState[kLastWriteWasAsync] === 0;
        const long = new WriteWrap();
        long.bytes = text;
        long.oncomplete = (status) => {
          steps.long = status === 0;
          handle.close(() => {});
        };
        if (handle.writeBuffer(long, text) !== 0 || streamBaseState[kLastWriteWasAsync] === 0) resolve(false);
      };
      handle.readStart();
    });
    client.write('ping');
  });
  const works = await done;
  client.destroy();
  server.close();
  return works;
}
