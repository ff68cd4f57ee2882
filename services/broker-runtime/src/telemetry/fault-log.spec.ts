import { describe, expect, it } from 'vitest';
import { FaultLog } from './fault-log.js';

const event = (clientId: string, what: string) => ({ clientId, remoteAddress: '192.0.2.1', what, reasonCode: 0x81 });

describe('FaultLog', () => {
  it('keeps the last ten faults of a client, the newest first', () => {
    const log = new FaultLog(() => 0);
    for (let i = 0; i < 12; i++) log.note(event('meter', `fault ${i}`));
    expect(log.of('meter').map(({ message }) => message)).toEqual(Array.from({ length: 10 }, (_, i) => `fault ${11 - i}`));
    expect(log.of('meter')[0]).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      reasonCode: 0x81,
      message: 'fault 11',
      remoteAddress: '192.0.2.1',
    });
  });

  it('forgets the client that has behaved longest when it knows a thousand', () => {
    const log = new FaultLog(() => 0);
    for (let i = 0; i < 1_000; i++) log.note(event(`client-${i}`, 'once'));
    log.note(event('client-0', 'again'));
    log.note(event('one more', 'once'));
    expect(log.of('client-1')).toEqual([]);
    expect(log.of('client-0')).toHaveLength(2);
    expect(log.of('one more')).toHaveLength(1);
  });
});
