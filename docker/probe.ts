/** Health check of a container: exit 0 when `/readyz` answers 200, on the given socket or at the given http://host:port. */
import { request } from 'node:http';

const [where = ''] = process.argv.slice(2);
const { hostname, port } = where.startsWith('/') ? { hostname: null, port: null } : new URL(where);
const outgoing = request(
  { ...(hostname === null ? { socketPath: where } : { hostname, port }), path: '/readyz', timeout: 2_000 },
  (response) => process.exit(response.statusCode === 200 ? 0 : 1),
);
outgoing.once('timeout', () => process.exit(1));
outgoing.once('error', () => process.exit(1));
outgoing.end();
