/** Whether a runtime may sleep, asked by its agent over the admin socket of the shipped bundle. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdminMessage, type AdminRequest, adminMessageSchema } from '@rookery/contracts/runtime-protocol';
import { readJsonLines, writeJsonLine } from '@rookery/service-kit/json-lines';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRuntime } from '../test-support/test-runtime.js';

type Rest = Extract<AdminMessage, { type: 'rest' }>;

let folder: string;
let runtime: TestRuntime;
let admin: Socket;
let answers: Rest[];
const door = () => join(folder, 'door');

async function start(...data: string[]): Promise<void> {
  runtime = TestRuntime.spawn('--port', '0', '--unix', door(), '--admin', join(folder, 'admin'), '--allow-anonymous', ...data);
  await expect.poll(() => runtime.output, { timeout: 10_000 }).toContain('listens on');
  await dial();
}

async function dial(): Promise<void> {
  admin = connect(join(folder, 'admin'));
  answers = [];
  readJsonLines(admin, {
    lineBytesMax: 1e6,
    onFault: () => {},
    onMessage: (line) => {
      const message = adminMessageSchema.parse(line);
      if (message.type === 'rest') answers.push(message);
    },
  });
  await new Promise((resolve) => admin.once('connect', resolve));
  tell({ type: 'hello', protocol: 1 });
}

const tell = (request: AdminRequest) => writeJsonLine(admin, request);
async function rest(idleMs = 0, quietMs = 0): Promise<Rest> {
  const before = answers.length;
  tell({ type: 'rest', idleMs, quietMs });
  await expect.poll(() => answers.length, { timeout: 5_000 }).toBe(before + 1);
  return answers.at(-1)!;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rk-rest-'));
});
afterEach(async () => {
  admin.destroy();
  await runtime.kill();
  rmSync(folder, { recursive: true, force: true });
});
const will = (willDelayInterval: number) => ({
  topic: 'w',
  payload: Buffer.from('gone'),
  qos: 1 as const,
  retain: false,
  properties: { willDelayInterval },
});

describe('a runtime that is asked to rest', () => {
  it('refuses while a client is here, and until it has been idle for long enough', async () => {
    await start('--data', join(folder, 'data'));
    const client = await runtime.open();
    expect(await rest()).toMatchObject({ granted: false, idleMs: 0, accepted: 1 });
    await client.leave();
    const answer = await rest(60_000);
    expect(answer).toMatchObject({ granted: false });
    expect(answer.idleMs).toBeLessThan(30_000);
    expect(existsSync(door())).toBe(true);
  });

  it('takes its door away, and ends when it is told to', async () => {
    await start('--data', join(folder, 'data'));
    expect(await rest()).toMatchObject({ granted: true, nextWakeAt: null, accepted: 0 });
    expect(existsSync(door())).toBe(false);
    tell({ type: 'stop' });
    expect(await runtime.exited).toBe(0);
  });

  it('puts its door back when its agent is gone', async () => {
    await start('--data', join(folder, 'data'));
    await rest();
    admin.destroy();
    await expect.poll(() => existsSync(door())).toBe(true);
    const socket = connect(door());
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    await dial();
    expect(await rest()).toMatchObject({ granted: true });
  });

  it('lets in whoever had reached the door, and stays', async () => {
    await start('--data', join(folder, 'data'));
    const late = connect(door());
    await new Promise((resolve) => late.once('connect', resolve));
    tell({ type: 'rest', idleMs: 0, quietMs: 0 });
    late.write(Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x61]));
    const answer = await new Promise<Buffer>((resolve) => late.once('data', resolve));
    expect(answer).toEqual(Buffer.from([0x20, 2, 0, 0]));
    await expect.poll(() => answers[0]).toMatchObject({ granted: false, accepted: 1 });
    expect(existsSync(door())).toBe(true);
    late.destroy();
  });

  it('is not kept awake by a stranger who says nothing', async () => {
    await start('--data', join(folder, 'data'));
    const silent = connect(door());
    await new Promise((resolve) => silent.once('connect', resolve));
    expect(await rest()).toMatchObject({ granted: true });
    silent.destroy();
  });

  it('says when a will is due, the end of its session included, and refuses when that is soon', async () => {
    await start('--data', join(folder, 'data'));
    const properties = { sessionExpiryInterval: 100 };
    for (const [clientId, delay] of [['a', 300] as const, ['b', 60] as const])
      await (await runtime.open({ clientId, properties, will: will(delay) })).cut();
    await (await runtime.open({ clientId: 'without', properties: { sessionExpiryInterval: 1 } })).cut();
    const soon = await rest(0, 61_000);
    expect(soon.granted).toBe(false);
    expect(Date.parse(soon.nextWakeAt!) - Date.now()).toBeGreaterThan(50_000);
    expect(Date.parse(soon.nextWakeAt!) - Date.now()).toBeLessThanOrEqual(60_000);
    expect(await rest(0, 10_000)).toMatchObject({ granted: true });
  });

  it('refuses where its memory is all that keeps a session or a retained message', async () => {
    await start();
    expect(await rest(60_000)).toMatchObject({ granted: false });
    const client = await runtime.open();
    client.send({
      type: 'publish',
      topic: 'kept',
      payload: Buffer.from('x'),
      qos: 0,
      retain: true,
      dup: false,
      packetId: 0,
      properties: {},
    });
    await client.leave();
    await expect.poll(async () => (await rest()).accepted).toBe(1);
    expect(await rest()).toMatchObject({ granted: false });
  });
});
