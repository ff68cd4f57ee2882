import type { ClientTransport } from '../../gql/graphql';

const TRANSPORTS: Record<ClientTransport, string> = {
  TCP: 'plain TCP',
  TLS: 'TLS',
  WS: 'WebSocket',
  WSS: 'WebSocket, TLS',
  UNIX: 'local socket',
};

/** `5.0` → MQTT 5, `3.1.1` → MQTT 3.1.1 */
export function protocolName(version: string): string {
  return `MQTT ${version.replace(/^MQTT\s*/i, '').replace(/\.0$/, '')}`;
}

/** `0x8d`, as the standard writes them. */
export function reasonCodeText(reasonCode: number): string {
  return `0x${reasonCode.toString(16).padStart(2, '0')}`;
}

/** How a client is connected, with the version of TLS where there is one. */
export function transportName(transport: ClientTransport, tlsVersion: string | null): string {
  const version = tlsVersion?.replace(/^TLSv?/, 'TLS ').trim();
  if (transport === 'TLS') return version ?? 'TLS';
  if (transport === 'WSS') return version ? `WebSocket, ${version}` : TRANSPORTS.WSS;
  return TRANSPORTS[transport];
}
