/** Joins a client link and a runtime link: bytes as they come, back-pressure both ways, one end closes the other. */
import type { Duplex } from 'node:stream';
import type { Tally } from './meter.js';

/** How long the rest of the bytes may take to leave after the other end closed, ms. */
const LINGER_MS = 5_000;

export function splice(client: Duplex, runtime: Duplex, tally: Tally): void {
  flow(client, runtime, (bytes) => {
    tally.bytesIn += bytes;
    tally.changed = true;
  });
  flow(runtime, client, (bytes) => {
    tally.bytesOut += bytes;
    tally.changed = true;
  });
}

function flow(from: Duplex, to: Duplex, count: (bytes: number) => void): void {
  from.on('data', (chunk: Buffer) => {
    count(chunk.length);
    if (!to.write(chunk)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('close', () => finish(to));
  from.on('error', () => from.destroy());
  // It was paused while its first bytes were looked at.
  from.resume();
}

/** Lets what is written leave, then closes for good. */
function finish(stream: Duplex): void {
  if (stream.destroyed) return;
  stream.end();
  const timer = setTimeout(() => stream.destroy(), LINGER_MS);
  timer.unref();
  stream.once('close', () => clearTimeout(timer));
}
