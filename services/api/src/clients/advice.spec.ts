import { describe, expect, it } from 'vitest';
import { adviceFor } from './advice.js';

describe('advice', () => {
  it('names a shared subscription to a client that receives more than 1,500 messages a second', () => {
    expect(adviceFor({ messagesSentPerSecond: 1_500 })).toEqual([]);
    const [advice] = adviceFor({ messagesSentPerSecond: 1_501 });
    expect(advice!.code).toBe('RECEIVE_RATE_HIGH');
    expect(advice!.message).toContain('$share/');
  });
});
