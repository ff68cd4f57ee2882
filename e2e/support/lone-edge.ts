/** An edge of one deployment without an agent: what it reads, and the environment that it is started with. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from '@rookery/contracts/edge-protocol';
import { inRoot } from '../../scripts/lib/paths.ts';

export const EDGE = inRoot('services/edge/dist/edge.mjs');
export const DEPLOYMENT = 'dep_01jd2f0000e8a8a8a8a8a8a8a8';

/** `folder` gets the route table and the edge's sockets. */
export function loneEdge(
  folder: string,
  target: string,
  doors: Pick<Route, 'mqttsPort' | 'mqttPort' | 'certificate' | 'privateKey'>,
): NodeJS.ProcessEnv {
  const file = (name: string) => join(folder, name);
  const route: Route = {
    deploymentId: DEPLOYMENT,
    hosts: ['localhost'],
    ...doors,
    ticketKeys: randomBytes(48).toString('base64'),
    targets: [`unix:${target}`],
  };
  writeFileSync(file('routes.json'), JSON.stringify({ revision: 1, bind: '127.0.0.1', shared: null, routes: [route] }));
  return {
    PATH: process.env.PATH,
    EDGE_ROUTES_FILE: file('routes.json'),
    EDGE_CONTROL_SOCKET: file('control'),
    EDGE_HEALTH_SOCKET: file('health'),
  };
}
