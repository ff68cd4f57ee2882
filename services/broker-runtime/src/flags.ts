/** The command line (docs/how-to/run-a-broker-alone.md). Every fault says what is wrong and what to do. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { DURABILITIES, type Durability } from '@rookery/contracts/phases';
import { StoreUnsupportedError } from './store/errors.js';
import type { RedisOptions } from './store/redis-contracts.js';
import { readStoreUrl } from './store/store-url.js';
import { UsageError } from './usage-error.js';
import type { ListenOptions } from './transport/listeners.js';

export interface Flags {
  listen: ListenOptions;
  proxied: boolean;
  dataFolder: string | null;
  /** A Redis shared with other brokers; null = a folder or memory. */
  redis: RedisOptions | null;
  durability: Durability;
  policyFile: string | null;
  allowAnonymous: boolean;
  adminSocket: string | null;
  awaitPolicy: boolean;
  deploymentId: string | null;
  incarnation: string;
  storeBytesMax: number | null;
}

export const HELP = `Usage: npm run broker -- --port PORT [options]

Where clients reach it (at least one; port 0 takes a free one):
  --port PORT             MQTT and WebSocket over TCP
  --ws-port PORT          another port for WebSocket clients
  --tls-port PORT         MQTT and WebSocket over TLS, with --cert FILE and --key FILE (PEM)
  --unix PATH             MQTT and WebSocket over a unix socket
  --bind ADDRESS          address of the ports (127.0.0.1)
  --proxy-protocol        every connection begins with a PROXY v2 header

What it keeps and whom it lets in:
  --data DIR              folder for sessions, messages and retained messages; without it all is in memory
  --durability LEVEL      durable (default with --data), relaxed (synced each second) or memory
  --store-bytes-max N     limit on the folder
  --policy FILE           credentials, access rules, quotas (JSON)
  --allow-anonymous       clients without user name may come in

Environment:
  STORE_URL               file:///DIR as --data, or redis://host:port shared with other brokers (docs/reference/shared-store.md)

For an agent:
  --admin PATH  --await-policy  --deployment ID  --incarnation ID
`;

const port = { type: 'string' } as const;

/** `storeUrl`: STORE_URL of the environment. */
export function readFlags(args: readonly string[], storeUrl?: string): Flags | 'help' {
  const values = parse(args);
  if (values.help === true) return 'help';
  const place = storeUrl === undefined || storeUrl === '' ? null : readStoreUrl(storeUrl);
  if (place !== null && values.data !== undefined) throw new UsageError('Give either --data DIR or STORE_URL, not both.');
  const redis = place?.kind === 'redis' ? place.options : null;
  if (redis !== null) refuseUnsupported(values);
  const dataFolder = values.data ?? (place?.kind === 'folder' ? place.folder : null);
  const durability = values.durability ?? (dataFolder === null ? 'memory' : 'durable');
  if (!(DURABILITIES as readonly string[]).includes(durability))
    throw new UsageError(`--durability ${durability} is unknown. Choose one of ${DURABILITIES.join(', ')}.`);
  if (durability !== 'memory' && dataFolder === null)
    throw new UsageError(`--durability ${durability} needs --data DIR, the folder to keep the data in.`);
  const listen: ListenOptions = {
    host: values.bind ?? '127.0.0.1',
    port: readPort('--port', values.port),
    wsPort: readPort('--ws-port', values['ws-port']),
    tlsPort: readPort('--tls-port', values['tls-port']),
    certificateFile: values.cert ?? null,
    keyFile: values.key ?? null,
    unix: values.unix ?? null,
  };
  if (listen.port === null && listen.wsPort === null && listen.tlsPort === null && listen.unix === null)
    throw new UsageError('No client could reach this broker. Give --port PORT, or --unix PATH, --ws-port or --tls-port.');
  if (values['await-policy'] === true && values.admin === undefined)
    throw new UsageError('--await-policy needs --admin PATH, the socket on which the policy comes.');
  return {
    listen,
    proxied: values['proxy-protocol'] === true,
    dataFolder: durability === 'memory' ? null : dataFolder,
    redis,
    durability: durability as Durability,
    policyFile: values.policy ?? null,
    allowAnonymous: values['allow-anonymous'] === true,
    adminSocket: values.admin ?? null,
    awaitPolicy: values['await-policy'] === true,
    deploymentId: values.deployment ?? null,
    incarnation: values.incarnation ?? randomBytes(8).toString('hex'),
    storeBytesMax: readCount('--store-bytes-max', values['store-bytes-max']),
  };
}

/** What only a store of the broker's own can promise. */
function refuseUnsupported({ durability, 'store-bytes-max': bytesMax }: ReturnType<typeof parse>): void {
  const why = 'a Redis that brokers share keeps retained messages and wills as safe as it was set up to be';
  if (durability !== undefined && durability !== 'memory')
    throw new StoreUnsupportedError(`--durability ${durability} with STORE_URL=redis: ${why}. Leave it out.`);
  if (bytesMax !== undefined)
    throw new StoreUnsupportedError('--store-bytes-max with STORE_URL=redis: the limit is set in Redis (maxmemory). Leave it out.');
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        port,
        'ws-port': port,
        'tls-port': port,
        cert: { type: 'string' },
        key: { type: 'string' },
        unix: { type: 'string' },
        bind: { type: 'string' },
        'proxy-protocol': { type: 'boolean' },
        data: { type: 'string' },
        durability: { type: 'string' },
        'store-bytes-max': { type: 'string' },
        policy: { type: 'string' },
        'allow-anonymous': { type: 'boolean' },
        admin: { type: 'string' },
        'await-policy': { type: 'boolean' },
        deployment: { type: 'string' },
        incarnation: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('\n')[0]}\nSee --help for what there is.`);
  }
}

function readPort(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new UsageError(`${flag} ${text} is no port. Give a number from 0 to 65535.`);
  return value;
}

function readCount(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`${flag} ${text} is no size. Give a number of bytes.`);
  return Number(text);
}
