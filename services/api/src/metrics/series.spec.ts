import type { RuntimeCounters, RuntimeGauges } from '@rookery/contracts/reports';
import { describe, expect, it } from 'vitest';
import { type Sample, series, stepSecondsFor } from './series.js';

const at = (second: number) => new Date(1_000_000_000 + second * 1_000);
const sample = (second: number, messagesReceived: number, incarnation = 'i-1'): Sample => ({
  at: at(second),
  incarnation,
  counters: { messagesReceived } as RuntimeCounters,
  gauges: { clients: second } as RuntimeGauges,
});
const messagesIn = (samples: Sample[], to: number) => series(samples, at(0), at(to), 10).map((point) => point.messagesIn);

describe('a series', () => {
  it('turns cumulative counters into rates per second', () => {
    expect(messagesIn([sample(0, 0), sample(10, 100), sample(20, 150)], 20)).toEqual([null, 10, 5]);
  });

  it('draws what was not heard as a gap', () => {
    const points = series([sample(0, 0), sample(30, 300)], at(0), at(30), 10);
    expect(points.map((point) => point.clients)).toEqual([0, null, null, 30]);
    expect(points.map((point) => point.messagesIn)).toEqual([null, null, null, null]);
  });

  it('draws no rate across two incarnations, and none below zero', () => {
    expect(messagesIn([sample(0, 1_000), sample(10, 5, 'i-2'), sample(20, 25, 'i-2'), sample(30, 20, 'i-2')], 30)).toEqual([
      null,
      null,
      2,
      0,
    ]);
  });

  it('measures by the time of the reports, not by the step', () => {
    expect(messagesIn([sample(1, 0), sample(19, 180)], 19)).toEqual([null, 10]);
  });

  it.each([
    [900, 10],
    [3_600, 10],
    [21_600, 60],
    [172_800, 480],
  ])('of %i seconds has a step of %i', (range, step) => {
    expect(stepSecondsFor(range)).toBe(step);
  });
});
