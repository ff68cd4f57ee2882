/**
 * PROXY protocol version 2 between edge and runtime: who is really connected, and how.
 * Source: "The PROXY protocol", haproxy.org, section 2.2. Ours: TLV 0xE1 holds the DER of a verified client certificate.
 */
const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const TLV_AUTHORITY = 0x02;
const TLV_SSL = 0x20;
const TLV_SSL_VERSION = 0x21;
const TLV_CLIENT_CERTIFICATE = 0xe1;
const HEADER_BYTES = 16;
/** Longest header a runtime accepts: addresses, names and a client certificate fit easily. */
export const PROXY_HEADER_BYTES_MAX = 16_384;

export interface ProxiedPeer {
  /** Dotted IPv4 or IPv6 text without scope. */
  sourceAddress: string;
  sourcePort: number;
  destinationAddress: string;
  destinationPort: number;
  /** SNI as the client sent it. */
  serverName?: string;
  /** Like `TLSv1.3`; absent on a plain connection. */
  tlsVersion?: string;
  /** DER of the verified client certificate. */
  clientCertificate?: Buffer;
}

export type ProxyParse =
  | { kind: 'incomplete' }
  | { kind: 'invalid'; reason: string }
  /** `peer` is null for a LOCAL header (health checks). `bytes` is the length of the header. */
  | { kind: 'header'; peer: ProxiedPeer | null; bytes: number };

export function encodeProxyHeader(peer: ProxiedPeer): Buffer {
  const v6 = peer.sourceAddress.includes(':') || peer.destinationAddress.includes(':');
  const addressBytes = v6 ? 16 : 4;
  const tlvs = encodeTlvs(peer);
  const body = Buffer.alloc(addressBytes * 2 + 4);
  writeAddress(body, 0, peer.sourceAddress, v6);
  writeAddress(body, addressBytes, peer.destinationAddress, v6);
  body.writeUInt16BE(peer.sourcePort, addressBytes * 2);
  body.writeUInt16BE(peer.destinationPort, addressBytes * 2 + 2);
  const head = Buffer.alloc(HEADER_BYTES);
  SIGNATURE.copy(head);
  head[12] = 0x21;
  head[13] = v6 ? 0x21 : 0x11;
  head.writeUInt16BE(body.length + tlvs.length, 14);
  return Buffer.concat([head, body, tlvs]);
}

/** Reads a header at the start of `chunk`. Never throws. */
export function parseProxyHeader(chunk: Buffer): ProxyParse {
  const seen = Math.min(chunk.length, SIGNATURE.length);
  if (chunk.compare(SIGNATURE, 0, seen, 0, seen) !== 0) return { kind: 'invalid', reason: 'no PROXY v2 signature' };
  if (chunk.length < HEADER_BYTES) return { kind: 'incomplete' };
  const versionCommand = chunk[12]!;
  if (versionCommand >> 4 !== 2) return { kind: 'invalid', reason: `PROXY version ${versionCommand >> 4}` };
  const length = chunk.readUInt16BE(14);
  const total = HEADER_BYTES + length;
  if (total > PROXY_HEADER_BYTES_MAX) return { kind: 'invalid', reason: `PROXY header of ${total} bytes` };
  if (chunk.length < total) return { kind: 'incomplete' };
  const command = versionCommand & 0x0f;
  if (command === 0) return { kind: 'header', peer: null, bytes: total };
  if (command !== 1) return { kind: 'invalid', reason: `PROXY command ${command}` };
  const family = chunk[13]!;
  const addressBytes = family === 0x11 ? 4 : family === 0x21 ? 16 : 0;
  if (addressBytes === 0) return { kind: 'invalid', reason: `PROXY address family 0x${family.toString(16)}` };
  const tlvStart = HEADER_BYTES + addressBytes * 2 + 4;
  if (tlvStart > total) return { kind: 'invalid', reason: 'PROXY addresses are cut short' };
  const peer: ProxiedPeer = {
    sourceAddress: readAddress(chunk, HEADER_BYTES, addressBytes),
    destinationAddress: readAddress(chunk, HEADER_BYTES + addressBytes, addressBytes),
    sourcePort: chunk.readUInt16BE(HEADER_BYTES + addressBytes * 2),
    destinationPort: chunk.readUInt16BE(HEADER_BYTES + addressBytes * 2 + 2),
  };
  return readTlvs(chunk.subarray(tlvStart, total), peer)
    ? { kind: 'header', peer, bytes: total }
    : { kind: 'invalid', reason: 'PROXY type-length-value is cut short' };
}

function encodeTlvs(peer: ProxiedPeer): Buffer {
  const parts: Buffer[] = [];
  if (peer.serverName !== undefined) parts.push(tlv(TLV_AUTHORITY, Buffer.from(peer.serverName)));
  if (peer.tlsVersion !== undefined) {
    // client: PP2_CLIENT_SSL, plus PP2_CLIENT_CERT_CONN with a certificate; verify: 0 = verified.
    const fixed = Buffer.from([peer.clientCertificate ? 0x03 : 0x01, 0, 0, 0, 0]);
    parts.push(tlv(TLV_SSL, Buffer.concat([fixed, tlv(TLV_SSL_VERSION, Buffer.from(peer.tlsVersion))])));
  }
  if (peer.clientCertificate !== undefined) parts.push(tlv(TLV_CLIENT_CERTIFICATE, peer.clientCertificate));
  return Buffer.concat(parts);
}

function tlv(type: number, value: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0]);
  head.writeUInt16BE(value.length, 1);
  return Buffer.concat([head, value]);
}

/** Fills `peer` from known types and passes over the others; false where a length runs past the end. */
function readTlvs(bytes: Buffer, peer: ProxiedPeer): boolean {
  let at = 0;
  while (at < bytes.length) {
    if (at + 3 > bytes.length) return false;
    const end = at + 3 + bytes.readUInt16BE(at + 1);
    if (end > bytes.length) return false;
    const value = bytes.subarray(at + 3, end);
    if (bytes[at] === TLV_AUTHORITY) peer.serverName = value.toString('utf8');
    else if (bytes[at] === TLV_SSL && value.length > 5) readTlvs(value.subarray(5), peer);
    else if (bytes[at] === TLV_SSL_VERSION) peer.tlsVersion = value.toString('latin1');
    else if (bytes[at] === TLV_CLIENT_CERTIFICATE) peer.clientCertificate = Buffer.from(value);
    at = end;
  }
  return true;
}

function writeAddress(into: Buffer, at: number, address: string, v6: boolean): void {
  if (!v6) {
    for (let i = 0, byte = at, value = 0; i <= address.length; i++) {
      const digit = address.charCodeAt(i) - 48;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else {
        into[byte++] = value;
        value = 0;
      }
    }
    return;
  }
  if (!address.includes(':')) {
    into.writeUInt16BE(0xffff, at + 10);
    writeAddress(into, at + 12, address, false);
    return;
  }
  const [left = '', right] = address.split('%')[0]!.split('::');
  const head = groups(left);
  const tail = right === undefined ? [] : groups(right);
  for (const [i, group] of head.entries()) into.writeUInt16BE(group, at + i * 2);
  for (const [i, group] of tail.entries()) into.writeUInt16BE(group, at + 16 - (tail.length - i) * 2);
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

function readAddress(from: Buffer, at: number, bytes: number): string {
  if (bytes === 4) return from.subarray(at, at + 4).join('.');
  const raw = from.subarray(at, at + 16);
  const mapped = raw.readUInt16BE(10) === 0xffff && raw.subarray(0, 10).every((byte) => byte === 0);
  if (mapped) return raw.subarray(12).join('.');
  const parts: string[] = [];
  for (let i = 0; i < 16; i += 2) parts.push(raw.readUInt16BE(i).toString(16));
  return parts.join(':');
}
