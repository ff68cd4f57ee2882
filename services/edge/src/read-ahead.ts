/** Gathers the first bytes of a stream until `decide` has seen enough, then pauses it with nothing lost. */
import type { Duplex } from 'node:stream';

/**
 * Resolves to the bytes read so far and what `decide` made of them; null when the stream ended first.
 * The bytes are not put back: whoever goes on must use them.
 */
export function readAhead<T>(
  stream: Duplex,
  decide: (bytes: Buffer) => T | undefined,
  /** What was read before. */
  before: Buffer = Buffer.alloc(0),
): Promise<{ bytes: Buffer; decision: T } | null> {
  return new Promise((resolve) => {
    let bytes = before;
    const early = before.length === 0 ? undefined : decide(before);
    if (early !== undefined) return resolve({ bytes, decision: early });
    const settle = (result: { bytes: Buffer; decision: T } | null) => {
      stream.off('data', onData);
      stream.off('end', onEnd);
      stream.off('close', onEnd);
      stream.pause();
      resolve(result);
    };
    const onEnd = () => settle(null);
    const onData = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const decision = decide(bytes);
      if (decision !== undefined) settle({ bytes, decision });
    };
    stream.on('data', onData);
    stream.once('end', onEnd);
    stream.once('close', onEnd);
    stream.resume();
  });
}
