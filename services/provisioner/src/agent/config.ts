/** Settings of a machine's agent. */
import { existsSync } from 'node:fs';
import { z } from 'zod';

const portRange = z
  .string()
  .regex(/^\d+-\d+$/, 'must be a range like 20000-20999')
  .transform((text) => {
    const [first = 0, last = 0] = text.split('-').map(Number);
    return { first, last };
  })
  .refine(({ first, last }) => first >= 1 && first < last && last <= 65_535, 'must run from a lower to a higher port, at most 65535');

const urls = z.string().transform((text) => text.split(',').map((url) => url.trim()));

const settings = z.object({
  /** Private base URLs of the api, tried in turn: `unix:/path` or `http://host:port`, separated by commas. */
  API_PRIVATE_URLS: urls.optional(),
  /** Instead of those, for a machine elsewhere: the api's door for machines, https://host:port; several are tried in turn. */
  API_MACHINES_URL: urls.refine((all) => all.every((url) => url.startsWith('https://')), 'must begin with https://').optional(),
  /** One-use token, needed at the first start there and after a certificate ran out. Better given by AGENT_JOIN_TOKEN_FILE. */
  AGENT_JOIN_TOKEN: z.string().optional(),
  /** File of that token: looked at while the agent waits for one, deleted once it was used. */
  AGENT_JOIN_TOKEN_FILE: z.string().optional(),
  /** Folder for what must survive: machine id, sealed policies, tenants' data. */
  AGENT_HOME: z.string(),
  /** Folder for sockets; short, because a socket path has at most 107 bytes. */
  AGENT_RUN: z.string().max(60, 'must be at most 60 characters, or socket paths get too long'),
  /** Folder of the development CA, where several machines share one; by default in AGENT_HOME. */
  CA_FOLDER: z.string().optional(),
  /** Bundle of the broker runtime. */
  RUNTIME_ENTRY: z.string().refine(existsSync, 'there is no such file; run the build first'),
  EDGE_ROUTES_FILE: z.string(),
  /** Control sockets of the edge workers, separated by commas. */
  EDGE_CONTROL_SOCKETS: z.string().transform((text) => text.split(',').filter((path) => path !== '')),
  AGENT_HEALTH_SOCKET: z.string(),
  MACHINE_NAME: z.string().default('local'),
  ROOKERY_REGION: z.string().default('local'),
  ROOKERY_CELL: z.string().default('local-1'),
  /** Address on which deployments listen. */
  ROOKERY_BIND: z.string().default('127.0.0.1'),
  /** Host name of this machine for clients, used where there is no domain. */
  MACHINE_HOST: z.string().default('localhost'),
  ROOKERY_DOMAIN: z.string().toLowerCase().optional(),
  ROOKERY_MQTT_PORTS: portRange.prefault('20000-20999'),
  ROOKERY_MQTTS_PORT: z.coerce.number().int().default(8883),
  ROOKERY_WSS_PORT: z.coerce.number().int().default(8084),
  /** PEM files of a certificate for `*.<domain>`; without them the installation's own CA signs one. */
  ROOKERY_TLS_CERT: z.string().optional(),
  ROOKERY_TLS_KEY: z.string().optional(),
  /** Engine of a docker cell, like unix:///var/run/docker.sock; without it deployments are processes. */
  DOCKER_HOST: z.string().optional(),
  /** The runtime's image in that engine: its id, sha256:…, or its name. */
  RUNTIME_IMAGE: z.string().min(1).optional(),
  /** Take several organizations even where nothing walls them off from each other. */
  ROOKERY_ACCEPT_NO_ISOLATION: z.enum(['0', '1']).default('0'),
  /** Strongest level to try; for tests of the weaker ones. */
  ROOKERY_ISOLATION: z.enum(['auto', 'bubblewrap', 'unshare', 'setpriv', 'plain']).default('auto'),
  /** on: each deployment's data lies in a file system of its own, with room for its store and no more. Needs root. */
  ROOKERY_STORE_IMAGES: z.enum(['on', 'off']).default('off'),
  LOG_LEVEL: z.string().default('info'),
});

export const configSchema = settings.refine((given) => (given.API_PRIVATE_URLS === undefined) !== (given.API_MACHINES_URL === undefined), {
  message: 'set one of API_PRIVATE_URLS (on the network of the api) and API_MACHINES_URL (elsewhere)',
  path: ['API_MACHINES_URL'],
});
export type Config = z.infer<typeof configSchema>;
