import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EdgeMessage } from '@rookery/contracts/edge-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RuntimeLink } from './reach-runtime.js';
import { type Bounds, WaitingRoom } from './waiting-room.js';
import { Waker } from './waker.js';

const one = 'dep_01h455vb4pex5vsknk084sn02q';
const BOUNDS: Bounds = { heldMax: 4, heldOfDeploymentMax: 2, bytesMax: 100, holdMs: 3_000 };

let folder: string;
let told: EdgeMessage[];
let waker: Waker;
let room: WaitingRoom;
let server: Server | null;
const targets = () => [`unix:${join(folder, 'mqtt.sock')}`];
const wait = (deploymentId = one, bytes = 10, gone = new AbortController().signal) => room.wait(deploymentId, bytes, targets, gone, true);
const woken = (ok: boolean, retryMs: number | null = null) => waker.answered({ type: 'woken', deploymentId: one, ok, retryMs });
const listen = () =>
  new Promise<void>(
    (resolve) => (server = createServer((socket) => socket.on('error', () => {})).listen(join(folder, 'mqtt.sock'), resolve)),
  );

/** It is open, and not needed any more. */
function leave(link: RuntimeLink | null): void {
  if (link === null || !('socket' in link)) throw new Error('there is no socket');
  link.socket.on('error', () => {}).destroy();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rk-room-'));
  told = [];
  server = null;
  waker = new Waker((message) => told.push(message));
  room = new WaitingRoom(waker, BOUNDS);
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the waiting room', () => {
  it('asks once for all who wait, and lets each in when the door is open', async () => {
    const both = [wait(), wait()];
    expect(told).toEqual([{ type: 'wake', deploymentId: one }]);
    await listen();
    woken(true);
    for (const link of await Promise.all(both)) leave(link);
    expect(room.size).toBe(0);
  });

  it('tells an agent that comes later what is wanted, and sees by itself that a door has opened', async () => {
    const held = wait();
    expect(waker.open()).toEqual([{ type: 'wake', deploymentId: one }]);
    await listen();
    leave(await held);
    expect(waker.open()).toEqual([]);
  });

  it('asks again after the time that it is told, and gives up where there is no use', async () => {
    const held = wait();
    woken(false, 50);
    await expect.poll(() => told.length).toBe(2);
    woken(false);
    expect(await held).toBeNull();
  });

  it('gives up at its deadline, at once where a back-off is longer, and when the client has gone', async () => {
    room = new WaitingRoom(waker, { ...BOUNDS, holdMs: 100 });
    expect(await wait()).toBeNull();
    const held = wait();
    woken(false, 60_000);
    expect(await held).toBeNull();
    room = new WaitingRoom(waker, BOUNDS);
    const gone = new AbortController();
    const left = wait(one, 10, gone.signal);
    gone.abort();
    expect(await left).toBeNull();
    expect(waker.open()).toEqual([]);
  });

  it('has so many places, so many for one deployment, and so many bytes', async () => {
    const other = 'dep_01h455vb4pex5vsknk084sn03q';
    const third = 'dep_01h455vb4pex5vsknk084sn04q';
    const held = [wait(), wait()];
    expect(await wait()).toBeNull();
    held.push(wait(other));
    expect(await wait(third, 80)).toBeNull();
    held.push(wait(third));
    expect(await wait(other)).toBeNull();
    await listen();
    for (const link of await Promise.all(held)) leave(link);
    expect(room.size).toBe(0);
  });
});
