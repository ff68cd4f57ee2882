/**
 * `--durability relaxed` and power cuts: the log is synced once a second. What was acknowledged more than that (and the
 * time of a sync) before the cut is there; what is younger may be gone, but only from the end: no gap, and no refusal to
 * start.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { until } from '../../support/clients.ts';
import { freePort } from '../../support/free-port.ts';
import { BrokerProcess, sleep } from './broker-process.ts';
import type { PowerCut } from './power-cut.ts';

/** The interval of the sync, and room for the sync itself and for a busy machine, ms. */
const WINDOW_MS = 1_000 + 300;
const QUIET_MS = 500;

export interface RelaxedFigures {
  rounds: number;
  acknowledged: number;
  /** Acknowledged within the window before a cut, and gone. */
  lostInWindow: number;
  /** Age of the oldest message that was lost, ms before the cut. */
  oldestLostMs: number;
}

export async function relaxedWindow(cut: PowerCut, random: () => number, rounds: number): Promise<RelaxedFigures> {
  const figures: RelaxedFigures = { rounds, acknowledged: 0, lostInWindow: 0, oldestLostMs: 0 };
  for (let round = 0; round < rounds; round++) await oneRound(cut, random, figures);
  return figures;
}

async function oneRound(cut: PowerCut, random: () => number, figures: RelaxedFigures): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rk-relaxed-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const port = await freePort();
  const start = () =>
    BrokerProcess.start({ door: ['--port', String(port)], dataFolder: data, args: ['--durability', 'relaxed'], env: cut.envFor(data) });
  let broker = await start();
  try {
    const reader = await connect(port, 'reader');
    await reader.subscribeAsync('t', { qos: 1 });
    await reader.endAsync();
    // The session itself is outside of the window.
    await sleep(WINDOW_MS);
    const times = await publishUntilCut(port, async () => {
      await sleep(random() * 2_000);
      await broker.kill();
    });
    const cutAt = Date.now();
    cut.cut(data);
    broker = await start();
    judge(await readQueue(port), times, cutAt, figures);
  } finally {
    await broker.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Publishes one message after the other; resolves to when each was acknowledged. */
async function publishUntilCut(port: number, cut: () => Promise<void>): Promise<number[]> {
  const publisher = await connect(port, 'publisher');
  const times: number[] = [];
  let alive = true;
  publisher.on('close', () => {
    alive = false;
  });
  const publishing = (async () => {
    while (alive) {
      const done = await Promise.race([
        publisher.publishAsync('t', String(times.length), { qos: 1 }).then(() => true),
        new Promise<boolean>((resolve) => publisher.once('close', () => resolve(false))),
      ]).catch(() => false);
      if (!done) return;
      times.push(Date.now());
      publisher.removeAllListeners('close').on('close', () => {
        alive = false;
      });
      await sleep(5);
    }
  })();
  await cut();
  await publishing;
  publisher.end(true);
  return times;
}

async function readQueue(port: number): Promise<string[]> {
  const got: string[] = [];
  const reader = await connect(port, 'reader', (payload) => got.push(payload));
  for (let seen = -1; seen !== got.length; ) {
    seen = got.length;
    await sleep(QUIET_MS);
  }
  reader.end(true);
  return got;
}

function judge(got: readonly string[], times: readonly number[], cutAt: number, figures: RelaxedFigures): void {
  figures.acknowledged += times.length;
  // One more may have been stored and not yet acknowledged.
  const expected = Array.from({ length: got.length }, (_, i) => String(i));
  if (got.join() !== expected.join()) throw new Error(`relaxed: the queue is not the first messages in order: ${got.join()}`);
  for (const at of times.slice(got.length)) {
    figures.lostInWindow++;
    figures.oldestLostMs = Math.max(figures.oldestLostMs, cutAt - at);
  }
  if (figures.oldestLostMs > WINDOW_MS)
    throw new Error(`relaxed: a message is lost that was acknowledged ${figures.oldestLostMs} ms before the cut`);
}

async function connect(port: number, clientId: string, onMessage: (payload: string) => void = () => {}): Promise<MqttClient> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    clientId,
    clean: false,
    protocolVersion: 5,
    reconnectPeriod: 0,
    properties: { sessionExpiryInterval: 3_600 },
  });
  client.on('error', () => {});
  client.on('message', (_topic, payload) => onMessage(payload.toString()));
  await until(() => client.connected, 'CONNACK');
  return client;
}
