/**
 * Reads the server name out of a TLS ClientHello before any TLS state exists, so that the deployment is known first and
 * the handshake runs in that deployment's own context (RFC 8446 §4.1.2, RFC 6066 §3).
 */
export type ClientHello =
  | { kind: 'incomplete' }
  | { kind: 'invalid'; reason: string }
  /** `serverName` is lower case; null where the client sent none. */
  | { kind: 'hello'; serverName: string | null };

const CONTENT_HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const EXTENSION_SERVER_NAME = 0;
const NAME_TYPE_HOST = 0;
/** A ClientHello of this size is refused; post-quantum key shares make about 1,800 bytes. */
export const CLIENT_HELLO_BYTES_MAX = 16_384;

export function readClientHello(bytes: Buffer): ClientHello {
  const handshake = joinRecords(bytes);
  if (!Buffer.isBuffer(handshake)) return handshake;
  try {
    return { kind: 'hello', serverName: readServerName(handshake) };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'invalid', reason: 'the ClientHello is cut short' };
    throw error;
  }
}

/** The ClientHello message without its record headers (it may span records). */
function joinRecords(bytes: Buffer): Buffer | ClientHello {
  const parts: Buffer[] = [];
  let held = 0;
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== CONTENT_HANDSHAKE) return { kind: 'invalid', reason: 'not a TLS handshake' };
    if (at + 5 > bytes.length) return { kind: 'incomplete' };
    if (bytes[at + 1] !== 3) return { kind: 'invalid', reason: 'not TLS 1.0 to 1.3' };
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0) return { kind: 'invalid', reason: 'an empty TLS record' };
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    held += part.length;
    at += 5 + length;
    if (held >= 4) {
      const head = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      if (head[0] !== CLIENT_HELLO) return { kind: 'invalid', reason: 'the first message is no ClientHello' };
      const need = 4 + head.readUIntBE(1, 3);
      if (need > CLIENT_HELLO_BYTES_MAX) return { kind: 'invalid', reason: `a ClientHello of ${need} bytes` };
      if (head.length >= need) return head.subarray(0, need);
    }
  }
  return { kind: 'incomplete' };
}

/** Throws RangeError where a length runs past the end. */
function readServerName(hello: Buffer): string | null {
  let at = 4 + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  if (at >= hello.length) return null;
  const end = at + 2 + hello.readUInt16BE(at);
  at += 2;
  if (end > hello.length) throw new RangeError('extensions');
  while (at < end) {
    const type = hello.readUInt16BE(at);
    const length = hello.readUInt16BE(at + 2);
    at += 4;
    if (at + length > end) throw new RangeError('extension');
    if (type === EXTENSION_SERVER_NAME && length > 5 && hello.readUInt8(at + 2) === NAME_TYPE_HOST) {
      const nameLength = hello.readUInt16BE(at + 3);
      if (nameLength + 5 > length) throw new RangeError('server name');
      return hello.toString('latin1', at + 5, at + 5 + nameLength).toLowerCase();
    }
    at += length;
  }
  return null;
}
