/**
 * Streams that are sealed piece by piece: each piece is authenticated before a byte of it is passed on, its number keeps pieces
 * in order, and the last one is marked, so that a stream that was cut off does not pass for a whole one. A key seals one stream.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const PIECE_BYTES = 64 * 1024;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function newStreamKey(): Buffer {
  return randomBytes(32);
}

export async function* sealStream(key: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { piece, last } of pieces(chunks, PIECE_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, nonceOf(number++, last));
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Throws where something was changed, left out, moved or cut off. */
export async function* openStream(key: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let number = 0;
  for await (const { piece, last } of pieces(chunks, PIECE_BYTES + TAG_BYTES)) {
    if (piece.length < TAG_BYTES) throw new Error('A sealed stream was cut off');
    const decipher = createDecipheriv(CIPHER, key, nonceOf(number++, last), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(piece.subarray(-TAG_BYTES));
    yield Buffer.concat([decipher.update(piece.subarray(0, -TAG_BYTES)), decipher.final()]);
  }
}

/** Pieces of `size` bytes, all but the last: that one may be shorter, or empty. */
async function* pieces(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<{ piece: Buffer; last: boolean }> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes <= size) continue;
    let rest = Buffer.concat(held);
    for (; rest.length > size; rest = rest.subarray(size)) yield { piece: rest.subarray(0, size), last: false };
    held = [rest];
    bytes = rest.length;
  }
  yield { piece: Buffer.concat(held), last: true };
}

function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt8(last ? 1 : 0);
  nonce.writeUIntBE(number, NONCE_BYTES - 6, 6);
  return nonce;
}
