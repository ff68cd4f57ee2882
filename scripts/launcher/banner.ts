/** What `npm start` prints when everything is ready. */
import { type FirstLogin, graphql } from './first-login.ts';
import type { Settings } from './settings.ts';

export interface BannerFacts {
  settings: Settings;
  publicUrl: string;
  login: FirstLogin | null;
  setupUrl: string | null;
  home: string;
  caFile: string;
}

export async function banner(facts: BannerFacts): Promise<string> {
  const lines = ['', 'Rookery is ready.', '', `  Console    ${facts.publicUrl}`];
  if (facts.setupUrl !== null) lines.push(`  Set-up     ${facts.setupUrl}   (once, within an hour)`);
  if (facts.login !== null) {
    lines.push(`  Log in     ${facts.login.email}   ${facts.login.password}`);
    const command = await publishCommand(facts, facts.login);
    if (command !== null) lines.push('', '  Publish a first message:', `    ${command}`);
  }
  lines.push('', `  Data is in ${facts.home}. Ctrl-C stops everything and keeps it.`, '');
  return lines.join('\n');
}

/** Ready to paste; null when the first deployment is gone or stopped. */
async function publishCommand({ settings, caFile }: BannerFacts, login: FirstLogin): Promise<string | null> {
  const url = `http://${settings.ROOKERY_BIND}:${settings.ROOKERY_PORT}/graphql`;
  const query = 'query ($id: ID!) { deployment(id: $id) { phase connection { host mqttsPort } } }';
  const data = await graphql(url, login.apiKey, query, { id: login.deploymentId }).catch(() => null);
  const deployment = data?.deployment as { phase: string; connection: { host: string; mqttsPort: number | null } } | null | undefined;
  if (!deployment || deployment.connection.mqttsPort === null || deployment.phase === 'STOPPED') return null;
  const { host, mqttsPort } = deployment.connection;
  return `mosquitto_pub --cafile ${quote(caFile)} -h ${host} -p ${mqttsPort} -u ${login.mqtt.username} -P ${login.mqtt.password} -t hello -m world -q 1`;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
