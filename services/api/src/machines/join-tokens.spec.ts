import { makeJoinToken } from '@rookery/db/join-tokens';
import { openDatabase } from '@rookery/db/pool';
import { idOf, newId, uuidOf } from '@rookery/service-kit/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callDoor, enrol, joinFacts, makeKey } from '../test-support/door-calls.js';
import { getText, postJson } from '../test-support/private-calls.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

let api: TestApi;
let operator: Tenant;
let ada: Tenant;
let port: number;
const PAYLOAD = 'joinToken { id prefix regionId cell machineId createdBy expiresAt } token command';
const CELL = { regionId: 'local', cell: 'local-1' };
const codes = (payload: Record<string, any>) =>
  payload['userErrors'].map((error: { code: string; path: string[] }) => [error.code, error.path.join('.')]);
const make = (input: Record<string, unknown> = {}) => operator.mutate('createJoinToken', { ...CELL, ...input }, PAYLOAD);
const tokens = async () => (await operator.ask('{ joinTokens { id prefix cell machineId } }')).data!['joinTokens'];
const attempt = async (token: string, machineId: string | null = null) => {
  const { csr } = await makeKey();
  return callDoor({ port }, 'POST', '/machines/enrol', { token, csr, join: joinFacts(machineId) });
};

beforeAll(async () => {
  api = await startTestApi({ API_MACHINES_LISTEN: '127.0.0.1:0', API_MACHINES_URL: 'https://machines.example.com' });
  port = api.machinesPort!;
  operator = await signUp(api.url);
  ada = await signUp(api.url);
  await joinMachine(api.privateSocket);
});
afterAll(() => api.close());

describe('join tokens', () => {
  it('are the operator’s alone', async () => {
    expect((await ada.ask('{ joinTokens { id } }')).errors![0]!.extensions.code).toBe('FORBIDDEN');
    expect(codes(await ada.mutate('createJoinToken', CELL, 'token'))).toEqual([['FORBIDDEN', '']]);
    const { joinToken } = await make();
    expect(codes(await ada.mutate('revokeJoinToken', { id: joinToken.id }, 'revokedId'))).toEqual([['FORBIDDEN', '']]);
    expect(await tokens()).toHaveLength(1);
    await operator.mutate('revokeJoinToken', { id: joinToken.id }, 'revokedId');
  });

  it('are shown once, with a command, and are nowhere in the database', async () => {
    const { joinToken, token, command } = await make();
    expect(token).toMatch(/^rkj_[\w-]{43}\.[\w-]{43}$/);
    expect(command).toBe(`rookery-machine join --url https://machines.example.com --region local --cell local-1 --token ${token}`);
    expect(joinToken).toMatchObject({
      ...CELL,
      machineId: null,
      createdBy: expect.stringContaining('API key'),
      prefix: token.slice(0, 11),
    });
    const inHour = Date.parse(joinToken.expiresAt) - Date.now();
    expect(inHour).toBeGreaterThan(3_500_000);
    expect(inHour).toBeLessThan(3_700_000);
    expect(JSON.stringify(await api.sql('SELECT * FROM machine_join_tokens'))).not.toContain(token.slice(0, 20));
    expect(JSON.stringify(await api.sql('SELECT * FROM audit_log'))).not.toContain(token.slice(0, 20));
    expect(await api.sql(`SELECT 1 FROM audit_log WHERE action = 'createJoinToken'`)).not.toEqual([]);
  });

  it('are shown again to the same idempotency key only', async () => {
    const first = await make({ idempotencyKey: 'k' });
    expect(await make({ idempotencyKey: 'k' })).toEqual(first);
    expect(codes(await make({ idempotencyKey: 'k', expiresInSeconds: 60 }))).toEqual([['IDEMPOTENCY_MISMATCH', 'input.idempotencyKey']]);
  });

  it.each([
    [{ cell: 'nowhere' }, 'NOT_FOUND', 'input.cell'],
    [{ regionId: 'mars' }, 'NOT_FOUND', 'input.cell'],
    [{ machineId: 'mch_01h455vb4pex5vsknk084sn02q' }, 'NOT_FOUND', 'input.machineId'],
    [{ machineId: 'nothing' }, 'INVALID_INPUT', 'input.machineId'],
    [{ expiresInSeconds: 59 }, 'INVALID_INPUT', 'input.expiresInSeconds'],
    [{ expiresInSeconds: 604_801 }, 'INVALID_INPUT', 'input.expiresInSeconds'],
  ])('createJoinToken of %o answers %s', async (input, code, path) => {
    expect(codes(await make(input))).toEqual([[code, path]]);
  });

  it('let one machine in, also of two that come at once', async () => {
    for (let round = 0; round < 5; round++) {
      const { token } = await make();
      const answers = await Promise.all([attempt(token), attempt(token), attempt(token)]);
      expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([201, 401, 401]);
      const joined = await api.sql<{ count: number }>(`SELECT count(*)::int FROM machines WHERE certificate_epoch > 0`);
      expect(joined[0]!.count).toBe(round + 1);
    }
  });

  it('are refused in the same words whether used, expired, revoked or unknown, and join nothing', async () => {
    const used = (await make()).token;
    await enrol(port, used);
    const expired = await make();
    await api.sql(`UPDATE machine_join_tokens SET expires_at = now() - interval '1 second' WHERE prefix = $1`, [expired.joinToken.prefix]);
    const revoked = await make();
    await operator.mutate('revokeJoinToken', { id: revoked.joinToken.id }, 'revokedId');
    const before = await api.sql('SELECT id FROM machines');
    const unknown = `rkj_${'x'.repeat(43)}.${'x'.repeat(43)}`;
    const answers = await Promise.all([used, expired.token, revoked.token, unknown, 'nonsense'].map((token) => attempt(token)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'JOIN_TOKEN_REFUSED' } });
    expect(await api.sql('SELECT id FROM machines')).toEqual(before);
    const open = (await tokens()).map((each: { id: string }) => each.id);
    expect(open).not.toContain(expired.joinToken.id);
    expect(open).not.toContain(revoked.joinToken.id);
    expect(codes(await operator.mutate('revokeJoinToken', { id: revoked.joinToken.id }, 'revokedId'))).toEqual([['NOT_FOUND', 'input.id']]);
    expect(codes(await operator.mutate('revokeJoinToken', { id: 'nothing' }, 'revokedId'))).toEqual([['NOT_FOUND', 'input.id']]);
  });

  it('are spent by whoever comes with a key: that key alone is answered again, as the same machine', async () => {
    const { token } = await make();
    const { csr } = await makeKey();
    const ask = () => callDoor({ port }, 'POST', '/machines/enrol', { token, csr, join: joinFacts() });
    const first = await ask();
    const again = await ask();
    expect(again).toMatchObject({ status: 201, body: { machineId: first.body.machineId } });
    expect((await attempt(token)).status).toBe(401);
    await api.sql(`UPDATE machine_join_tokens SET used_at = now() - interval '11 minutes' WHERE machine_id IS NOT NULL`);
    expect((await ask()).status).toBe(401);
  });

  it('for a cell of kind aws are the worker’s alone; by such a token the machine of one deployment joins it', async () => {
    await api.sql(`UPDATE cells SET kind = 'aws'`);
    try {
      expect(codes(await make())).toEqual([['INVALID_INPUT', 'input.cell']]);
      const [cell] = await api.sql<{ id: string }>('SELECT id FROM cells');
      const db = openDatabase(api.database.provisionerUrl, { applicationName: 'test', connectionsMax: 1, onError: () => {} });
      const wish = {
        cellId: idOf('cell', cell!.id),
        forMachineId: null,
        dedicatedTo: newId('deployment'),
        seconds: 60,
        createdBy: 'provisioner',
      };
      const replaced = await makeJoinToken(db, wish);
      const { token } = await makeJoinToken(db, wish);
      await db.$client.end();
      expect((await attempt(replaced.token)).status, 'a new one of the same deployment replaces it').toBe(401);
      const { machineId } = await enrol(port, token);
      const rows = await api.sql<{ dedicated_to: string }>('SELECT dedicated_to FROM machines WHERE id = $1', [
        uuidOf('machine', machineId),
      ]);
      expect(rows).toEqual([{ dedicated_to: uuidOf('deployment', wish.dedicatedTo) }]);
    } finally {
      await api.sql(`UPDATE cells SET kind = 'machine'`);
    }
  });

  it('are made, listed and revoked by the operator’s command too', async () => {
    const made = await postJson(api.privateSocket, '/internal/join-tokens', { ...CELL, expiresInSeconds: 60 });
    expect(made).toMatchObject({
      status: 201,
      body: { joinToken: { createdBy: 'the operator command' }, token: expect.stringMatching(/^rkj_/) },
    });
    const { joinToken, token } = made.body as { joinToken: { id: string }; token: string };
    const listed = await getText(api.privateSocket, '/internal/machines');
    expect(listed.text).toContain(joinToken.id);
    expect(listed.text).not.toContain(token.slice(0, 20));
    expect((await postJson(api.privateSocket, '/internal/revocations', { id: joinToken.id })).status).toBe(204);
    expect((await attempt(token)).status).toBe(401);
    expect((await postJson(api.privateSocket, '/internal/join-tokens', { ...CELL, cell: 'none' })).status).toBe(404);
  });
});
