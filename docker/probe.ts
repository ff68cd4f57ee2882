/** Health check of a container: exit 0 when `/readyz` on the given socket answers 200. */
import { request } from 'node:http';

const outgoing = request({ socketPath: process.argv[2], path: '/readyz', timeout: 2_000 }, (response) =>
  process.exit(response.statusCode === 200 ? 0 : 1),
);
outgoing.once('timeout', () => process.exit(1));
outgoing.once('error', () => process.exit(1));
outgoing.end();
