import { describe, expect, it } from 'vitest';
import { hitsWords } from './limits';

describe('how often a limit was met', () => {
  it('is said in words', () => {
    expect(hitsWords(1)).toBe('met 1 time');
    expect(hitsWords(1_200)).toBe('met 1,200 times');
  });
});
