/** `npm run screenshots`: starts a system, lets devices talk for a while, and takes pictures of every page. */
import { NODE, inRoot } from './lib/paths.ts';
import { buildAll } from './build.ts';
import { runStep } from './lib/run-step.ts';

/** Long enough for a chart with a shape. */
const TRAFFIC_MS = 90_000;
/** Long enough for a rate to be known. */
const FLOOD_MS = 11_000;

await buildAll((line) => console.log(line));
// They read packages that must have been built.
const { Api } = await import('../e2e/support/api.ts');
const { connectTls } = await import('../e2e/support/clients.ts');
const { startSystem } = await import('../e2e/support/system.ts');
const system = await startSystem();
try {
  const api = new Api(system.ready.graphqlUrl, system.login.apiKey);
  const deployed = await api.deploy('greenhouse');
  await api.deploy('delivery-vans');
  const clients = await Promise.all(
    ['sensor-north', 'sensor-south', 'pump', 'dashboard'].map((clientId) => connectTls(deployed, { ca: system.ca, clientId })),
  );
  await clients[3]!.subscribeAsync('greenhouse/#');
  const traffic = setInterval(() => {
    const share = 1 + Math.round(3 * (1 + Math.sin(Date.now() / 9_000)));
    for (const client of clients.slice(0, share))
      client.publish(`greenhouse/${client.options.clientId}`, JSON.stringify({ celsius: 20 + Math.random() }));
  }, 60);
  // Something for the pages that say what went wrong: a wrong password, and a topic with too many levels.
  await connectTls({ ...deployed, secret: 'a wrong one' }, { ca: system.ca, clientId: 'dashboard-2' }).catch(() => undefined);
  for (let i = 0; i < 3; i++) clients[2]!.publish('level/'.repeat(40), 'too deep');
  // Something to take out.
  const to = new Date();
  const from = new Date(to.getTime() - 30 * 86_400_000);
  for (const kind of ['AUDIT_LOG', 'USAGE']) await api.mutate('createExport', 'export { id }', { kind, from, to });
  await new Promise((wake) => setTimeout(wake, TRAFFIC_MS));
  // One client that receives more than one connection should.
  const flood = setInterval(() => {
    for (let i = 0; i < 40; i++) clients[2]!.publish('greenhouse/valve', String(i));
  }, 20);
  await new Promise((wake) => setTimeout(wake, FLOOD_MS));
  const result = await runStep(NODE, [inRoot('e2e/screenshots.ts')], {
    echo: true,
    env: { CONSOLE_URL: system.ready.consoleUrl, EMAIL: system.login.email, PASSWORD: system.login.password },
  });
  clearInterval(traffic);
  clearInterval(flood);
  for (const client of clients) client.end(true);
  if (!result.ok) process.exitCode = 1;
} finally {
  await system.stop();
  system.remove();
}
