/** Settings of one edge worker. */
import { z } from 'zod';

export const configSchema = z.object({
  /** Route table written by the agent. */
  EDGE_ROUTES_FILE: z.string(),
  /** Unix socket on which the agent says `reload` and hears the meter. */
  EDGE_CONTROL_SOCKET: z.string(),
  /** Unix socket for /healthz, /readyz and /metrics. */
  EDGE_HEALTH_SOCKET: z.string(),
  /** Seconds a connection has from accept to its first bytes after TLS. */
  EDGE_HANDSHAKE_SECONDS: z.coerce.number().positive().default(10),
  /** Connections of one worker; above it the newest is closed at once. */
  EDGE_CONNECTIONS_MAX: z.coerce.number().int().positive().default(18_000),
  /** Seconds that a client is held while its deployment is woken. */
  EDGE_HOLD_SECONDS: z.coerce.number().positive().default(10),
  /** Clients that one worker holds at a time; a quarter of them of one deployment. */
  EDGE_HELD_MAX: z.coerce.number().int().positive().default(4_000),
  LOG_LEVEL: z.string().default('info'),
});
