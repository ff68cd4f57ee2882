/**
 * Two checks before anything else. The Host must be one that we serve (no page of another name can be made to talk to
 * us by DNS), and a request that a browser sends with the cookie must come from our own pages.
 */
import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '@rookery/contracts/error-codes';
import type { Config } from '../config.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export class RequestOrigin {
  private readonly publicUrl: URL;
  private readonly hosts: ReadonlySet<string>;

  constructor(config: Config) {
    this.publicUrl = new URL(config.PUBLIC_URL);
    this.hosts = new Set([...LOOPBACK, this.publicUrl.hostname, config.ROOKERY_BIND]);
  }

  /** Null when the request may pass. */
  refusalOf(request: IncomingMessage): ErrorCode | null {
    const host = parse(`http://${request.headers.host ?? ''}`);
    if (host === null || !this.hosts.has(host.hostname)) return 'HOST_NOT_ALLOWED';
    const upgrade = request.headers.upgrade !== undefined;
    if (SAFE_METHODS.has(request.method ?? '') && !upgrade) return null;
    const { origin } = request.headers;
    if (origin === undefined) return request.headers['sec-fetch-site'] === 'cross-site' ? 'ORIGIN_NOT_ALLOWED' : null;
    const from = parse(origin);
    return from !== null && (from.host === host.host || from.origin === this.publicUrl.origin) ? null : 'ORIGIN_NOT_ALLOWED';
  }
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
