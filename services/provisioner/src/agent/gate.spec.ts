import { describe, expect, it } from 'vitest';
import { Gate } from './gate.js';

/** Starts in the order in which they were let in; each ends when it is told to. */
function rig(max: number, maxOfOne?: number) {
  const gate = new Gate(max, maxOfOne);
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const start = (name: string, organization: string, urgent = false) =>
    gate.run(organization, urgent, () => {
      started.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const end = async () => {
    await settle();
    ends.shift()!();
    await settle();
  };
  return { gate, started, start, end, settle };
}

describe('the gate of starts', () => {
  it('lets no more in than it may', async () => {
    const { started, start, end } = rig(2);
    for (const name of ['a', 'b', 'c']) void start(name, 'one');
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual(['a', 'b']);
    await end();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('goes round the organizations, first come first served within each, and lets those with clients before all', async () => {
    const { started, start, end } = rig(1);
    for (const name of ['a1', 'a2', 'a3', 'a4']) void start(name, 'a');
    for (const name of ['b1', 'b2']) void start(name, 'b');
    void start('c1', 'c', true);
    for (let i = 0; i < 6; i++) await end();
    expect(started).toEqual(['a1', 'c1', 'a2', 'b1', 'a3', 'b2', 'a4']);
  });

  it('keeps places free of one that starts many, for whoever else comes; not from those with clients', async () => {
    const { started, start, end, settle } = rig(3, 2);
    for (const name of ['a1', 'a2', 'a3', 'a4']) void start(name, 'a');
    await settle();
    expect(started).toEqual(['a1', 'a2']);
    void start('b1', 'b');
    await settle();
    expect(started).toEqual(['a1', 'a2', 'b1']);
    void start('a5', 'a', true);
    for (let i = 0; i < 5; i++) await end();
    expect(started).toEqual(['a1', 'a2', 'b1', 'a5', 'a3', 'a4']);
  });

  it('goes on after a start that failed', async () => {
    const { gate, started, start } = rig(1);
    await expect(gate.run('a', false, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    void start('next', 'a');
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual(['next']);
  });
});
