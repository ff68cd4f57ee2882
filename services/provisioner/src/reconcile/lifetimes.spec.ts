import { uuidOf } from '@rookery/service-kit/ids';
import { createLogger } from '@rookery/service-kit/log';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { watchLifetimes } from './lifetimes.js';

const log = createLogger('test', 'silent');
const DAY_MS = 86_400_000;
let installation: Installation;
let owner: { organizationId: string; projectId: string };
let id: string;
let began: number;

/** The resync of `days` after the deployment was made. */
const after = (days: number) => watchLifetimes(installation.db, log, new Date(began + days * DAY_MS));
const notices = async () =>
  (
    await installation.sql<{ kind: string; lead_days: number; due_at: Date }>('SELECT kind, lead_days, due_at FROM notices ORDER BY id')
  ).map((each) => [each.kind, each.lead_days, Math.round((each.due_at.getTime() - began) / DAY_MS)]);
const set = (assignment: string) => installation.sql(`UPDATE deployments SET ${assignment} WHERE id = $1`, [uuidOf('deployment', id)]);
const state = async () =>
  (await installation.sql<{ state: string }>('SELECT state FROM deployments WHERE id = $1', [uuidOf('deployment', id)]))[0]?.state;
/** What the runtime counted, `days` after the start. */
const counted = (days: number, counters: object, clients = 0, incarnation = 'i-1') =>
  installation.sql(
    `INSERT INTO deployment_reports (organization_id, deployment_id, sample_incarnation, sample_at, counters, gauges)
     SELECT organization_id, id, $2, $3, $4, $5 FROM deployments WHERE id = $1
     ON CONFLICT (organization_id, deployment_id) DO UPDATE SET sample_incarnation = EXCLUDED.sample_incarnation, sample_at = EXCLUDED.sample_at,
       counters = EXCLUDED.counters, gauges = EXCLUDED.gauges`,
    [uuidOf('deployment', id), incarnation, new Date(began + days * DAY_MS), counters, { clients }],
  );

beforeAll(async () => {
  installation = await startInstallation();
  owner = await installation.addOrganization();
});
afterAll(() => installation.close());
beforeEach(async () => {
  id = await installation.addDeployment(owner);
  await set('idle_stop_after_days = 30, idle_delete_after_days = 30');
  began = Date.now();
});
afterEach(async () => {
  for (const table of ['deployments', 'operations']) await installation.sql(`DELETE FROM ${table}`);
});

describe('a deployment that nobody uses', () => {
  it('is told of it a week and a day before, stopped, told again, and deleted', async () => {
    await after(22.9);
    expect(await notices()).toEqual([]);
    for (let i = 0; i < 2; i++) await after(23.1);
    expect(await notices()).toEqual([['IDLE_STOP', 7, 30]]);
    await after(29.1);
    expect(await notices()).toMatchObject([
      ['IDLE_STOP', 7, 30],
      ['IDLE_STOP', 1, 30],
    ]);
    await after(29.9);
    expect(await state()).toBe('RUNNING');
    await after(30.2);
    expect(await state()).toBe('STOPPED');
    expect((await installation.operations(id)).at(-1)).toMatchObject({ verb: 'STOP', state: 'PENDING' });
    const [asked] = await installation.sql(`SELECT requested_by FROM operations WHERE verb = 'STOP'`);
    expect(asked).toEqual({ requested_by: 'IDLE' });
    await after(30.3);
    expect(await notices()).toEqual([]);
    await after(59.5);
    expect(await notices()).toMatchObject([['IDLE_DELETE', 1, expect.any(Number)]]);
    await after(61.5);
    expect(await state()).toBe('DELETED');
    expect(await installation.sql('SELECT actor, action FROM audit_log WHERE subject = $1 ORDER BY action DESC', [id])).toEqual([
      { actor: 'idle', action: 'stopDeployment' },
      { actor: 'idle', action: 'deleteDeployment' },
    ]);
  });

  it('is never stopped sooner than a day after it was told, however late that was', async () => {
    await after(50);
    expect(await notices()).toEqual([['IDLE_STOP', 1, 51]]);
    await after(50.9);
    expect(await state()).toBe('RUNNING');
    await after(51.1);
    expect(await state()).toBe('STOPPED');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a client that is here', () => counted(29.5, { messagesReceived: 0, connectsAccepted: 0 }, 1)],
    ['a message', () => counted(29.5, { messagesReceived: 1, connectsAccepted: 0 })],
    ['a client that came and went', () => counted(29.5, { messagesReceived: 0, connectsAccepted: 1 })],
    ['the first message of another start', () => counted(29.5, { messagesReceived: 3, connectsAccepted: 0 }, 0, 'i-2')],
    ['a start', () => installation.sql(`UPDATE operations SET verb = 'START', created_at = $1`, [new Date(began + 29.5 * DAY_MS)])],
    ['deletion protection', () => set('deletion_protection = true')],
    ['a plan without such a rule', () => set('idle_stop_after_days = NULL')],
  ])('goes on by %s, and what was told is withdrawn', async (_, use) => {
    await counted(0, { messagesReceived: 5, connectsAccepted: 2 });
    await counted(0.1, { messagesReceived: 0, connectsAccepted: 0 }, 0, 'i-0');
    await after(29.5);
    expect(await notices()).toHaveLength(1);
    await use();
    await after(31);
    expect(await state()).toBe('RUNNING');
    expect(await notices()).toEqual([]);
  });

  it('is not kept by reports alone: a process that says the same again is not used', async () => {
    await counted(0, { messagesReceived: 5, connectsAccepted: 2 });
    await counted(29, { messagesReceived: 5, connectsAccepted: 2 });
    await after(29.5);
    await after(31);
    expect(await state()).toBe('STOPPED');
  });

  it('is left alone where it was stopped by its owner', async () => {
    await set(`state = 'STOPPED'`);
    await after(100);
    expect(await state()).toBe('STOPPED');
    expect(await notices()).toEqual([]);
  });
});

describe('an expiry', () => {
  it('is told a week and a day before, and anew when it is put off', async () => {
    await set(`idle_stop_after_days = NULL, expires_at = '${new Date(began + 20 * DAY_MS).toISOString()}'`);
    await after(12.9);
    expect(await notices()).toEqual([]);
    await after(13.5);
    expect(await notices()).toEqual([['EXPIRY', 7, 20]]);
    await set(`expires_at = '${new Date(began + 15 * DAY_MS).toISOString()}'`);
    await after(14.5);
    expect(await notices()).toEqual([['EXPIRY', 1, 15]]);
    await set('expires_at = NULL');
    await after(14.6);
    expect(await notices()).toEqual([]);
  });
});
