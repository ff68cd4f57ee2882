import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Runs the self-test again and again while all garbage is collected and its memory is used for something else. */
const PROGRAM = `
  const spin = () => {
    gc({ type: 'minor' });
    for (let i = 0; i < 20; i++) Buffer.allocUnsafeSlow(60000 + i * 400).fill(1);
    setImmediate(spin);
  };
  setInterval(() => gc(), 0);
  spin();
  for (let i = 0; i < 10; i++) {
    const { rawHandlesWork } = await import(process.argv[1] + '?' + i);
    if (!(await rawHandlesWork())) process.exit(1);
  }
  process.exit(0);
`;

it('the self-test reads into memory that it keeps: nothing is overwritten when garbage is collected meanwhile', () => {
  const module = new URL('../dist/raw-handle.js', import.meta.url).href;
  const args = ['--expose-gc', '--no-deprecation', '--input-type=module', '--eval', PROGRAM, module];
  const { status, signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, signal], stderr).toEqual([0, null]);
});
