import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { authorityPin } from '@rookery/db/join-tokens';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { callDoor, type DoorCaller, enrol, joinFacts, makeKey, openDoorStream } from '../test-support/door-calls.js';
import { getText, postJson } from '../test-support/private-calls.js';
import { place, stateReport } from '../test-support/placement.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let operator: Tenant;
let port: number;
const tokenFor = async (machineId?: string): Promise<string> =>
  (await operator.mutate('createJoinToken', { regionId: 'local', cell: 'local-1', machineId }, 'token'))['token'];
const newMachine = async () => enrol(port, await tokenFor());
const reports = (machineId: string, states: unknown[] = []) => ({ machineId, states, reports: [], usage: [] });
const report = (caller: DoorCaller, machineId: string) => callDoor(caller, 'POST', '/agent/reports', reports(machineId));
const refusedWith = (words: string) => ({
  status: 401,
  body: { code: 'MACHINE_CERTIFICATE_REFUSED', detail: expect.stringContaining(words) },
});

beforeAll(async () => {
  api = await startTestApi({ API_MACHINES_LISTEN: '127.0.0.1:0' });
  port = api.machinesPort!;
  operator = await signUp(api.url);
  await joinMachine(api.privateSocket, 'local');
});
afterAll(() => api.close());

describe('enrolling', () => {
  it('gives a certificate for a day that names the machine and nothing that the request wished for', async () => {
    const token = await tokenFor();
    const machine = await enrol(port, token);
    const certificate = new X509Certificate(machine.certificate);
    expect(certificate.subject).toContain(`CN=${machine.machineId}`);
    expect(certificate.subjectAltName).toBe(`DNS:${machine.machineId}`);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    const hours = (Date.parse(certificate.validTo) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
    expect(certificate.verify(new X509Certificate(machine.authority).publicKey)).toBe(true);
    expect(authorityPin(machine.authority)).toBe(token.split('.')[1]);
    const rows = await api.sql<{ certificate_epoch: number }>('SELECT certificate_epoch FROM machines WHERE certificate_epoch > 0');
    expect(rows).toEqual([{ certificate_epoch: 1 }]);
  });

  it.each(['ed25519', 'rsa2048'] as const)('takes a key of the kind %s', async (kind) => {
    const { csr, privateKey } = await makeKey(kind);
    const { status, body } = await callDoor({ port }, 'POST', '/machines/enrol', { token: await tokenFor(), csr, join: joinFacts() });
    expect(status).toBe(201);
    expect((await report({ port, key: privateKey, certificate: body.certificate }, body.machineId)).status).toBe(200);
  });

  it('refuses weak and foreign requests with the reason, and the token is still good', async () => {
    const token = await tokenFor();
    const { csr } = await makeKey();
    const [weak, curve] = [await makeKey('rsa1024'), await makeKey('p384')];
    const ask = async (request: string) => callDoor({ port }, 'POST', '/machines/enrol', { token, csr: request, join: joinFacts() });
    expect(await ask(weak.csr)).toMatchObject({
      status: 422,
      body: { code: 'CERTIFICATE_REQUEST_REFUSED', detail: expect.stringContaining('1024 bits') },
    });
    expect(await ask(curve.csr)).toMatchObject({ status: 422, body: { detail: expect.stringContaining('secp384r1') } });
    expect(await ask('nonsense')).toMatchObject({ status: 422, body: { detail: expect.stringContaining('PKCS#10') } });
    expect(await ask(forged(csr))).toMatchObject({ status: 422, body: { detail: expect.stringContaining('signed by its own key') } });
    expect((await ask(csr)).status).toBe(201);
    const unknown = await callDoor({ port }, 'POST', '/machines/enrol', {
      token: `rkj_${'x'.repeat(43)}.${'x'.repeat(43)}`,
      csr: 'nonsense',
      join: joinFacts(),
    });
    expect(unknown, 'who has no token learns nothing of requests').toMatchObject({ status: 401, body: { code: 'JOIN_TOKEN_REFUSED' } });
  });

  it('keeps a machine in the cell that its token is for', async () => {
    const token = await tokenFor();
    const { csr, privateKey } = await makeKey();
    const elsewhere = await callDoor({ port }, 'POST', '/machines/enrol', { token, csr, join: joinFacts(null, 'other') });
    expect(elsewhere).toMatchObject({ status: 400, body: { detail: expect.stringContaining('local/local-1') } });
    const { body } = await callDoor({ port }, 'POST', '/machines/enrol', { token, csr, join: joinFacts() });
    const caller = { port, key: privateKey, certificate: body.certificate };
    expect((await callDoor(caller, 'POST', '/agent/join', joinFacts(body.machineId, 'other'))).status).toBe(400);
    expect((await callDoor(caller, 'POST', '/agent/join', joinFacts(body.machineId))).status).toBe(200);
    expect(await api.sql(`SELECT 1 FROM cells WHERE name = 'other'`)).toEqual([]);
  });

  it('lets a known machine in again by a token that was made for it alone, and its older certificate is worth nothing', async () => {
    const machine = await newMachine();
    const { csr } = await makeKey();
    const byOther = await callDoor({ port }, 'POST', '/machines/enrol', {
      token: await tokenFor(),
      csr,
      join: joinFacts(machine.machineId),
    });
    expect(byOther).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(`machine token --machine ${machine.machineId}`) },
    });
    const stranger = await newMachine();
    const own = await tokenFor(machine.machineId);
    const asStranger = await callDoor({ port }, 'POST', '/machines/enrol', { token: own, csr, join: joinFacts(stranger.machineId) });
    expect(asStranger.status).toBe(400);
    const again = await enrol(port, own);
    expect(again.machineId).toBe(machine.machineId);
    expect((await report(again, again.machineId)).status).toBe(200);
    expect(await report(machine, machine.machineId)).toMatchObject(refusedWith('later enrolment'));
  });
});

describe('the door for machines', () => {
  it('opens for none but the machine of the certificate, whatever the body says', async () => {
    const [a, b] = [await newMachine(), await newMachine()];
    expect((await report(a, a.machineId)).status).toBe(200);
    const foreign = { status: 403, body: { code: 'FORBIDDEN', detail: expect.stringContaining(b.machineId) } };
    expect(await report(a, b.machineId)).toMatchObject(foreign);
    expect(await callDoor(a, 'POST', '/agent/join', joinFacts(b.machineId))).toMatchObject(foreign);
    expect(await callDoor(a, 'GET', `/agent/stream?machineId=${b.machineId}`)).toMatchObject(foreign);
  });

  it('does not open without a certificate, or with one of another authority', async () => {
    const machine = await newMachine();
    const { authority } = machine;
    for (const path of ['/agent/join', '/agent/reports', '/machines/renew', '/internal/bootstrap', '/nothing'])
      expect(await callDoor({ port, authority }, 'POST', path, {}), path).toMatchObject(refusedWith('without a certificate'));
    const other = await startTestApi({ API_MACHINES_LISTEN: '127.0.0.1:0' });
    try {
      const there = await signUp(other.url);
      await joinMachine(other.privateSocket);
      const made = await there.mutate('createJoinToken', { regionId: 'local', cell: 'local-1' }, 'token');
      const stranger = await enrol(other.machinesPort!, made['token']);
      const { key, certificate } = stranger;
      expect(await report({ port, key, certificate }, machine.machineId)).toMatchObject(refusedWith('Another authority'));
      await expect(callDoor({ ...machine, authority: stranger.authority }, 'GET', '/machines/authority')).rejects.toThrow();
    } finally {
      await other.close();
    }
  });

  it('has none of the private listener’s own calls', async () => {
    const machine = await newMachine();
    for (const path of ['/internal/bootstrap', '/internal/join-tokens', '/internal/setup-links'])
      expect(await callDoor(machine, 'POST', path, {}), path).toMatchObject({ status: 404 });
    expect((await callDoor(machine, 'GET', '/metrics')).status).toBe(404);
  });

  it('takes answers to what the machine was asked, and calls no address that a machine names', async () => {
    const machine = await newMachine();
    for (const askedBy of [
      '',
      '?askedBy=',
      `?askedBy=${encodeURIComponent('http://127.0.0.1:1 x')}`,
      `?askedBy=${encodeURIComponent(`unix:${api.privateSocket}`)}`,
    ])
      expect(await callDoor(machine, 'POST', `/agent/answers/qst_1${askedBy}`, { ok: true, value: 1 }), askedBy).toMatchObject({
        status: 403,
      });
  });

  it('is the same at every api: one authority', async () => {
    const second = await api.another();
    const machine = await newMachine();
    expect((await report({ ...machine, port: second.machinesPort! }, machine.machineId)).status).toBe(200);
  });

  it('speaks TLS 1.3 only', async () => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
    const outcome = await new Promise((done) =>
      socket.once('error', (error) => done(error.message)).once('secureConnect', () => done('connected')),
    );
    socket.destroy();
    expect(outcome).toMatch(/alert|version/i);
  });
});

describe('a certificate', () => {
  it('is renewed by itself, for another key, and both are good until they run out', async () => {
    const machine = await newMachine();
    const { csr, privateKey } = await makeKey();
    const renewed = await callDoor(machine, 'POST', '/machines/renew', { csr });
    expect(renewed).toMatchObject({ status: 201, body: { authority: machine.authority } });
    const next = { port, authority: machine.authority, key: privateKey, certificate: renewed.body.certificate };
    expect((await report(next, machine.machineId)).status).toBe(200);
    expect((await report(machine, machine.machineId)).status).toBe(200);
    expect((await callDoor(machine, 'POST', '/machines/renew', { csr: 'nonsense' })).status).toBe(422);
  });

  it('does not cut the stream when it is renewed', async () => {
    const machine = await newMachine();
    const stream = await openDoorStream(machine);
    await stream.next('snapshot');
    const { csr } = await makeKey();
    await callDoor(machine, 'POST', '/machines/renew', { csr });
    expect(await Promise.race([stream.ended.then(() => 'cut'), new Promise((done) => setTimeout(done, 300, 'open'))])).toBe('open');
    stream.close();
  });

  it('of a revoked machine is refused at once, and its stream is cut at whichever api', async () => {
    const machine = await newMachine();
    const second = await api.another();
    const stream = await openDoorStream({ ...machine, port: second.machinesPort! });
    await stream.next('snapshot');
    const revokedAt = performance.now();
    await operator.mutate('revokeMachine', { id: machine.machineId }, 'revokedId');
    await stream.ended;
    expect(performance.now() - revokedAt).toBeLessThan(1_000);
    for (const path of ['/agent/join', '/agent/reports', '/machines/renew'])
      expect(await callDoor(machine, 'POST', path, {}), path).toMatchObject({ status: 403, body: { code: 'MACHINE_REVOKED' } });
    expect((await callDoor(machine, 'GET', '/agent/stream')).status).toBe(403);
    expect((await postJson(api.privateSocket, '/agent/reports', reports(machine.machineId))).status, 'nor by the private listener').toBe(
      403,
    );
    const again = await enrol(port, await tokenFor(machine.machineId), machine.machineId);
    expect((await report(again, machine.machineId)).status).toBe(200);
    expect(await report(machine, machine.machineId), 'what was revoked stays so').toMatchObject(refusedWith('later enrolment'));
  });

  it('of a removed machine is refused; a machine with deployments is not removed', async () => {
    const machine = await newMachine();
    const { deployment } = await operator.mutate('createDeployment', { name: 'kept' }, 'deployment { id }');
    await place(api, machine.machineId, deployment.id, 20_500);
    const remove = () => operator.mutate('removeMachine', { id: machine.machineId }, 'removedId');
    expect((await remove())['userErrors']).toMatchObject([{ code: 'MACHINE_IN_USE', path: ['input', 'id'], details: { deployments: 1 } }]);
    await api.sql('DELETE FROM deployment_infrastructure');
    const audited = () => api.sql(`SELECT before FROM audit_log WHERE action = 'removeMachine' AND subject = $1`, [machine.machineId]);
    expect(await audited(), 'what was refused').toEqual([]);
    expect(await remove()).toMatchObject({ removedId: machine.machineId, userErrors: [] });
    expect(await audited()).toMatchObject([{ before: { name: expect.any(String), cellId: expect.any(String) } }]);
    expect(await report(machine, machine.machineId)).toMatchObject(refusedWith('not known'));
    expect((await remove())['userErrors']).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('that has run out is refused with what to do; a token made for the machine lets it in again', async () => {
    const token = await tokenFor();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 25 * 3_600_000 });
    const machine = await enrol(port, token).finally(() => vi.useRealTimers());
    for (const path of ['/agent/join', '/agent/reports', '/machines/renew'])
      expect(await callDoor(machine, 'POST', path, {}), path).toMatchObject(refusedWith('Make a join token for this machine'));
    expect(await report(machine, machine.machineId)).toMatchObject(refusedWith('It has run out'));
    expect(
      (await postJson(api.privateSocket, '/agent/reports', reports(machine.machineId))).status,
      'the private listener asks for none',
    ).toBe(200);
    const again = await enrol(port, await tokenFor(machine.machineId), machine.machineId);
    expect((await report(again, machine.machineId)).status).toBe(200);
  });

  it('that was not renewed holds no stream beyond its time, though the connection is older', async () => {
    const machine = await newMachine();
    await api.sql(`UPDATE machines SET certificate_expires_at = now() WHERE certificate_epoch > 0`);
    expect(await callDoor(machine, 'GET', '/agent/stream')).toMatchObject(refusedWith('newest certificate'));
  });
});

describe('a report', () => {
  it('counts for what is placed on the machine; the rest is refused entry by entry, and counted', async () => {
    const [a, b] = [await newMachine(), await newMachine()];
    const make = async (name: string) =>
      (await operator.mutate('createDeployment', { name }, 'deployment { id }'))['deployment'].id as string;
    const [mine, theirs] = [await make('mine'), await make('theirs')];
    await place(api, a.machineId, mine, 20_100);
    await place(api, b.machineId, theirs, 20_101);
    const states = [stateReport(theirs, { state: 'FAILED', problem: { code: 'STORE_CORRUPT', message: 'no' } }), stateReport(mine)];
    const answer = await callDoor(a, 'POST', '/agent/reports', reports(a.machineId, states));
    expect(answer).toEqual({ status: 200, body: { refused: [theirs] } });
    const phase = async (id: string) => (await operator.ask(`{ deployment(id: "${id}") { phase } }`)).data!['deployment'].phase;
    expect(await phase(mine)).toBe('RUNNING');
    expect(await phase(theirs)).toBe('CREATING');
    const usage = [{ deploymentId: theirs, incarnation: 'e', sequence: 1, bytesIn: 9, bytesOut: 9, connectionSeconds: 9, connections: 9 }];
    expect((await callDoor(a, 'POST', '/agent/reports', { ...reports(a.machineId), usage })).body).toEqual({ refused: [theirs] });
    expect(await api.sql('SELECT 1 FROM usage_meters')).toEqual([]);
    const metrics = await getText(api.privateSocket, '/metrics');
    expect(metrics.text).toMatch(/rookery_reports_refused_total\S* 2\b/);
  });
});

/** The same request with another signature. */
function forged(csr: string): string {
  const der = Buffer.from(csr.replaceAll(/-----.*?-----|\s/g, ''), 'base64');
  der[der.length - 5]! ^= 1;
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}
