/** Opens a link to a deployment's runtime; a runtime that is being restarted is given a moment. */
import { connect, type Socket } from 'node:net';
import { connectHandle, rawHandlesWork, type RawHandle } from '@rookery/service-kit/raw-handle';

/** How long a client waits for a runtime that does not listen yet, ms. */
const REACH_TIMEOUT_MS = 5_000;
const RETRY_MS = 40;

/** By handle where those work, else by socket. */
export type RuntimeLink = { handle: RawHandle } | { socket: Socket };

/** Tries the targets in order, again and again until the time is up. Rejects with the last error. */
export async function reachRuntime(targets: () => readonly string[], abandoned: () => boolean): Promise<RuntimeLink> {
  const deadline = Date.now() + REACH_TIMEOUT_MS;
  for (;;) {
    let last: unknown = new Error('no route');
    for (const target of targets()) {
      try {
        return await open(target.slice('unix:'.length));
      } catch (error) {
        last = error;
      }
    }
    if (abandoned() || Date.now() + RETRY_MS > deadline) throw last;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function open(path: string): Promise<RuntimeLink> {
  if (await rawHandlesWork()) return { handle: await connectHandle(path) };
  return { socket: await openSocket(path) };
}

function openSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
