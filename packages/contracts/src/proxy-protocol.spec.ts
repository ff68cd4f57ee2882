import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeProxyHeader, parseProxyHeader } from './proxy-protocol.js';

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6().filter((address) => !address.includes('.'));

describe('PROXY protocol v2', () => {
  it('gives the runtime the peer that the edge saw, whatever follows the header', () => {
    const peers = fc.record({
      sourceAddress: ipv4,
      destinationAddress: ipv4,
      sourcePort: fc.integer({ min: 0, max: 65_535 }),
      destinationPort: fc.integer({ min: 0, max: 65_535 }),
      serverName: fc.domain(),
      tlsVersion: fc.constantFrom('TLSv1.2', 'TLSv1.3'),
      clientCertificate: fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
    });
    fc.assert(
      fc.property(peers, fc.uint8Array({ maxLength: 50 }), (peer, rest) => {
        const header = encodeProxyHeader(peer);
        const parsed = parseProxyHeader(Buffer.concat([header, rest]));
        expect(parsed).toEqual({ kind: 'header', peer, bytes: header.length });
      }),
    );
  });

  it('keeps IPv6 addresses', () => {
    fc.assert(
      fc.property(ipv6, (sourceAddress) => {
        const peer = { sourceAddress, sourcePort: 1, destinationAddress: '::1', destinationPort: 2 };
        const parsed = parseProxyHeader(encodeProxyHeader(peer));
        expect(parsed.kind).toBe('header');
        if (parsed.kind !== 'header') return;
        const again = parseProxyHeader(encodeProxyHeader({ ...peer, sourceAddress: parsed.peer!.sourceAddress }));
        expect(again).toEqual(parsed);
      }),
    );
  });

  it('asks for more while any prefix of a header is there, and never throws on noise', () => {
    const header = encodeProxyHeader({
      sourceAddress: '10.0.0.7',
      sourcePort: 1,
      destinationAddress: '10.0.0.1',
      destinationPort: 2,
      serverName: 'a.test',
    });
    for (let end = 0; end < header.length; end++) expect(parseProxyHeader(header.subarray(0, end))).toEqual({ kind: 'incomplete' });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => void parseProxyHeader(Buffer.concat([header.subarray(0, 12), noise]))),
    );
  });

  it('refuses bytes that are not a header at once', () => {
    expect(parseProxyHeader(Buffer.from([0x10, 0x0c]))).toEqual({ kind: 'invalid', reason: 'no PROXY v2 signature' });
  });
});
