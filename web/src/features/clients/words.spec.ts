import { expect, it } from 'vitest';
import { protocolName, transportName } from './words';

it.each([
  ['5.0', 'MQTT 5'],
  ['3.1.1', 'MQTT 3.1.1'],
])('protocol %s', (version, name) => expect(protocolName(version)).toBe(name));

it.each([
  ['TLS', 'TLSv1.3', 'TLS 1.3'],
  ['WSS', 'TLSv1.3', 'WebSocket, TLS 1.3'],
  ['TCP', null, 'plain TCP'],
] as const)('transport %s %s', (transport, tls, name) => expect(transportName(transport, tls)).toBe(name));
