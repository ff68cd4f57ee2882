/** `host:port`, `:port` (this machine only) or `[v6]:port`. */
export function addressOf(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host: host || '127.0.0.1', port: Number(text.slice(colon + 1)) };
}
