/** The edge reads the head of a WebSocket upgrade only to check its `Host`; the runtime does the handshake itself. */
const HTTP_HEAD_BYTES_MAX = 8_192;

export interface HttpRequestHead {
  kind: 'head';
  method: string;
  path: string;
  /** Without port, lower case. */
  host: string | null;
  /** Whether it asks for a WebSocket. */
  upgrade: boolean;
  webSocketKey: string | null;
  webSocketProtocols: string[];
}

export type HttpHead = { kind: 'incomplete' } | { kind: 'invalid'; reason: string } | HttpRequestHead;

const END = Buffer.from('\r\n\r\n');
const METHODS = ['GET ', 'POST', 'PUT ', 'HEAD', 'OPTI', 'DELE', 'PATC'];

/** Whether the first bytes of a connection are HTTP (no MQTT packet that may come first starts so). */
export function looksLikeHttp(bytes: Buffer): boolean {
  return METHODS.includes(bytes.toString('latin1', 0, 4));
}

/** Whether they are, or could be with more of them. */
export function mayBecomeHttp(bytes: Buffer): boolean {
  const begin = bytes.toString('latin1', 0, 4);
  return METHODS.some((method) => method.startsWith(begin));
}

export function readHttpHead(bytes: Buffer): HttpHead {
  const end = bytes.indexOf(END);
  if (end === -1)
    return bytes.length > HTTP_HEAD_BYTES_MAX ? { kind: 'invalid', reason: 'the request head is too long' } : { kind: 'incomplete' };
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method, target, version] = requestLine.split(' ');
  if (!method || !target || !version?.startsWith('HTTP/1.')) return { kind: 'invalid', reason: 'not an HTTP/1 request' };
  const header = (name: string) =>
    lines
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? null;
  const host = header('host');
  return {
    kind: 'head',
    method,
    path: target.split('?')[0]!,
    host: host === null ? null : host.replace(/:\d+$/, '').toLowerCase(),
    upgrade: header('upgrade')?.toLowerCase() === 'websocket',
    webSocketKey: header('sec-websocket-key'),
    webSocketProtocols:
      header('sec-websocket-protocol')
        ?.split(',')
        .map((name) => name.trim()) ?? [],
  };
}

/** A whole plain-text answer that closes the connection. */
export function httpAnswer(status: number, reason: string, text: string): Buffer {
  const body = `${text}\n`;
  return Buffer.from(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
