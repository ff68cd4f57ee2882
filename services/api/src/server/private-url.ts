/** How others reach the private listener, where no setting says it. */
import { hostname, networkInterfaces } from 'node:os';
import { addressOf } from './listen-address.js';

const EVERYWHERE = ['0.0.0.0', '::'];
/** An address that counts on one cable only; a task of ECS has one besides that of its network. */
const LINK_LOCAL = '169.254.';

/** Who listens at every address is reached at this machine's own. Several apis tell each other apart by it. */
export function privateUrlOf(listen: string, interfaces = networkInterfaces()): string {
  if (listen.startsWith('/')) return `unix:${listen}`;
  const { host, port } = addressOf(listen);
  if (EVERYWHERE.includes(host)) return `http://${ownAddress(interfaces)}:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function ownAddress(interfaces: ReturnType<typeof networkInterfaces>): string {
  const outward = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith(LINK_LOCAL));
  return outward[0]?.address ?? hostname();
}
