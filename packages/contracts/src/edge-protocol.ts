/**
 * Between a machine's agent and its edge workers. The agent writes the route table to a file (atomic rename, 0600); an
 * edge worker reads it at start, so it serves without the agent. On the worker's control socket (JSON lines, the worker
 * listens) the agent says `reload` and hears what the worker listens on, what the meter counted, and whom to wake.
 */
import { z } from 'zod';
import { idSchema } from './ids.js';
import { edgeUsageSchema } from './reports.js';

const port = z.number().int().min(1).max(65_535);

export const routeSchema = z.object({
  deploymentId: idSchema('deployment'),
  /** Host names for SNI and WebSocket `Host`, lower case. */
  hosts: z.array(z.string()),
  mqttsPort: port.nullable(),
  mqttPort: port.nullable(),
  /** PEM, leaf first, and its key. Null: those of the shared ports, which ten thousand routes need not repeat. */
  certificate: z.string().nullable(),
  privateKey: z.string().nullable(),
  /** 48 bytes, base64: TLS session tickets of one deployment are good at every worker, and nowhere else. */
  ticketKeys: z.string(),
  /** `unix:/path` (PROXY v2 first). A list, tried in order. */
  targets: z.array(z.string().regex(/^unix:\//)).min(1),
});
export type Route = z.infer<typeof routeSchema>;

export const routeTableSchema = z.object({
  revision: z.number().int().nonnegative(),
  bind: z.string(),
  /** Ports that all deployments share, told apart by SNI; null without a domain. */
  shared: z.object({ mqtts: port, wss: port, certificate: z.string(), privateKey: z.string(), ticketKeys: z.string() }).nullable(),
  routes: z.array(routeSchema),
});
export type RouteTable = z.infer<typeof routeTableSchema>;

export const edgeRequestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('reload') }),
  /** The answer to `wake`: it accepts clients now, or it does not and `retryMs` says when to ask again (null: not at all). */
  z.object({
    type: z.literal('woken'),
    deploymentId: idSchema('deployment'),
    ok: z.boolean(),
    retryMs: z.number().int().nonnegative().nullable(),
  }),
]);
export type EdgeRequest = z.infer<typeof edgeRequestSchema>;

export const edgeMessageSchema = z.discriminatedUnion('type', [
  /** First line on every control connection, and after every reload. */
  z.object({
    type: z.literal('serving'),
    revision: z.number().int().nonnegative(),
    failures: z.array(z.object({ port, code: z.string() })),
  }),
  z.object({ type: z.literal('usage'), usage: z.array(edgeUsageSchema) }),
  /** A client has sent a whole CONNECT to a deployment whose runtime does not listen. Asked once, whoever else comes. */
  z.object({ type: z.literal('wake'), deploymentId: idSchema('deployment') }),
]);
export type EdgeMessage = z.infer<typeof edgeMessageSchema>;
