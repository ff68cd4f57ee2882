/** Story 4: at the MQTT door, what belongs to another tenant is no different from what does not exist. */
import { readFileSync } from 'node:fs';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { Api, type Deployed } from './support/api.ts';
import { connectTls } from './support/clients.ts';
import { signUp } from './support/people.ts';

describe('tenants apart', () => {
  const system = inject('system');
  const ca = readFileSync(system.caFile, 'utf8');
  let ours: Deployed;
  let theirs: Deployed;
  beforeAll(async () => {
    ours = await new Api(system.graphqlUrl, system.apiKey).deploy('apart');
    theirs = await (await signUp(system.consoleUrl)).deploy('apart');
  });

  it("refuses one tenant's credentials at the other's broker like any wrong password", async () => {
    const foreign = await connectTls({ ...theirs, username: ours.username, secret: ours.secret }, { ca }).catch((error: unknown) => error);
    const unknown = await connectTls({ ...theirs, username: 'nobody', secret: 'nothing' }, { ca }).catch((error: unknown) => error);
    expect(foreign).toMatchObject({ code: 0x86 });
    expect(unknown).toMatchObject({ code: 0x86 });
  });

  it('makes a TLS session ticket of one tenant worth nothing at another', async () => {
    const session = await ticketOf(ours.mqttsPort, ca);
    expect(await resumes(ours.mqttsPort, ca, session)).toBe(true);
    expect(await resumes(theirs.mqttsPort, ca, session)).toBe(false);
  });

  it('delivers nothing across, whatever the topic', async () => {
    const [here, there] = [await connectTls(ours, { ca }), await connectTls(theirs, { ca })];
    const heard: string[] = [];
    there.on('message', (topic) => heard.push(topic));
    await there.subscribeAsync(['#', '$SYS/#']);
    await here.publishAsync('apart/secret', 'x', { qos: 1, retain: true });
    await there.publishAsync('apart/own', 'x', { qos: 1 });
    await new Promise((wake) => setTimeout(wake, 300));
    expect(heard.filter((topic) => topic.startsWith('apart/'))).toEqual(['apart/own']);
    await Promise.all([here.endAsync(), there.endAsync()]);
  });
});

/** A TLS 1.3 ticket comes after the handshake. */
function ticketOf(port: number, ca: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = tlsConnect({ port, host: '127.0.0.1', servername: 'localhost', ca });
    socket.once('error', reject);
    socket.once('session', (session) => {
      resolve(session);
      socket.destroy();
    });
  });
}

function resumes(port: number, ca: string, session: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = tlsConnect({ port, host: '127.0.0.1', servername: 'localhost', ca, session }, () => {
      resolve(socket.isSessionReused());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
