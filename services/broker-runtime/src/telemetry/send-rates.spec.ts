import { describe, expect, it } from 'vitest';
import { SendRates } from './send-rates.js';

describe('SendRates', () => {
  it('is the mean over the last interval, and 0 for a client that was sent nothing in it', () => {
    let now = 0;
    const sessions = [
      { clientId: 'fast', messagesSent: 0 },
      { clientId: 'idle', messagesSent: 3 },
    ];
    const rates = new SendRates(
      () => sessions,
      () => now,
    );
    const wait = (milliseconds: number) => {
      now += milliseconds;
      rates.tick();
    };
    wait(5_000);
    sessions[0]!.messagesSent = 10_000;
    wait(4_000);
    expect(rates.of('fast')).toBe(0);
    wait(1_000);
    expect(rates.of('fast')).toBe(2_000);
    expect(rates.of('idle')).toBe(0);
    wait(5_000);
    expect(rates.of('fast')).toBe(0);
    expect(rates.of('unknown')).toBe(0);
  });
});
