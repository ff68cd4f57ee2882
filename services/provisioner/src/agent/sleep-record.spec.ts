import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SleepRecord } from './sleep-record.js';

let folder: string;
let now: number;
const open = () => new SleepRecord(join(folder, 'sleep.json'), () => now);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rk-sleep-'));
  now = Date.parse('2026-01-01T00:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the record of sleep', () => {
  it('is known to the next agent: that it sleeps, until when, and how it last woke', () => {
    const record = open();
    expect(record.report).toBeNull();
    record.fellAsleep(null, false);
    now += 5_000;
    record.woke('client', now - 140);
    record.fellAsleep('2026-01-01T01:00:00.000Z', false);
    const next = open();
    expect(next.isAsleep).toBe(true);
    expect(next.nextWakeAt).toBe(Date.parse('2026-01-01T01:00:00Z'));
    const lastWake = { cause: 'client', at: '2026-01-01T00:00:04.860Z', ms: 140 };
    expect(next.report).toEqual({ asleepSince: '2026-01-01T00:00:05.000Z', nextWakeAt: '2026-01-01T01:00:00.000Z', wakes: 1, lastWake });
  });

  it('holds clients back longer with each wake that nobody was let in by, never longer than 20 s, and not after a good one', () => {
    const record = open();
    const after = (futile: boolean) => {
      record.woke('client', now);
      record.fellAsleep(null, futile);
      return record.backOffMs;
    };
    expect([1, 2, 3, 4, 5, 6, 7].map(() => after(true))).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]);
    now += 15_000;
    expect(open().backOffMs).toBe(5_000);
    expect(after(false)).toBe(0);
    expect(after(true)).toBe(1_000);
  });

  it.each(['', '{', '{"asleepSince": 7}'])('that is damaged (%s) is that of a deployment that never slept', (text) => {
    writeFileSync(join(folder, 'sleep.json'), text);
    expect(open().isAsleep).toBe(false);
  });
});
