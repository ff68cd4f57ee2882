/** Opens a link to a deployment's runtime. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connectHandle, rawHandlesWork, type RawHandle } from '@rookery/service-kit/raw-handle';

/** By handle where those work, else by socket. */
export type RuntimeLink = { handle: RawHandle } | { socket: Socket };

/** Tries the targets in order, once; null when nobody listens on any. */
export async function reachNow(
  targets: readonly string[],
  open: (path: string) => Promise<RuntimeLink> = openLink,
): Promise<RuntimeLink | null> {
  for (const target of targets) {
    try {
      return await open(target.slice('unix:'.length));
    } catch {
      // The next one, if there is one.
    }
  }
  return null;
}

async function openLink(path: string): Promise<RuntimeLink> {
  if (await rawHandlesWork()) return { handle: await connectHandle(path) };
  return openSocket(path);
}

export function openSocket(path: string): Promise<{ socket: Socket }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // Until its owner listens: a runtime that resets at once must not end the edge.
      socket.on('error', () => socket.destroy());
      resolve({ socket });
    });
  });
}
