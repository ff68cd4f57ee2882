import { describe, expect, it } from 'vitest';
import { Meter } from './meter.js';

describe('meter', () => {
  it('counts connection time of every open connection, to the millisecond', () => {
    let now = 1_000;
    const meter = new Meter('edge.1', { now: () => now });
    const tally = meter.tally('dep');
    meter.opened(tally);
    now += 1_500;
    meter.opened(tally);
    now += 1_000;
    meter.closed(tally);
    now += 250;
    expect(meter.read()[0]).toMatchObject({ connectionSeconds: 1.5 + 2 + 0.25, connections: 1 });
  });

  it('says a thing once, in growing sequence, and everything on demand', () => {
    const meter = new Meter('edge.1', { now: () => 0 });
    const tally = meter.tally('dep');
    tally.bytesIn = 7;
    tally.changed = true;
    expect(meter.read().map((usage) => usage.sequence)).toEqual([1]);
    expect(meter.read()).toEqual([]);
    expect(meter.read(true)).toMatchObject([{ sequence: 2, bytesIn: 7, incarnation: 'edge.1' }]);
  });
});
