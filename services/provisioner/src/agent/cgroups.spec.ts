import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ControlGroups } from './cgroups.js';

describe('control groups', () => {
  const groups = ControlGroups.open(`rookery-test-${process.pid}`);
  const run = (program: string, memoryBytesMax: number) => {
    const command = groups!.wrap({ file: process.execPath, args: ['--eval', program] }, 'tenant', { memoryBytesMax });
    return spawnSync(command.file, command.args, { encoding: 'utf8', timeout: 30_000 });
  };

  it('end a process that takes more memory than its plan has', ({ skip }) => {
    if (groups === null) return skip('control groups cannot be written here');
    const bomb = run('const held = []; for (;;) held.push(Buffer.alloc(16 * 1024 * 1024, 1));', 192 * 1024 * 1024);
    expect(bomb.signal).toBe('SIGKILL');
    groups.remove('tenant');
  });

  it('take other limits while a process runs, and never less than it holds', async ({ skip }) => {
    if (groups === null) return skip('control groups cannot be written here');
    const program =
      "const held = Buffer.alloc(96 * 1024 * 1024, 1); console.log('held'); process.stdin.once('data', () => console.log(held.length));";
    const command = groups.wrap({ file: process.execPath, args: ['--eval', program] }, 'tenant', { memoryBytesMax: 256 * 1024 * 1024 });
    const child = spawn(command.file, command.args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const said = () => new Promise((resolve) => child.stdout.once('data', (text: Buffer) => resolve(text.toString())));
    expect(await said()).toBe('held\n');
    expect(groups.limit('tenant', { memoryBytesMax: 64 * 1024 * 1024 })).toBe(false);
    expect(groups.limit('tenant', { memoryBytesMax: 512 * 1024 * 1024 })).toBe(true);
    const answer = said();
    child.stdin.end('go');
    expect(await answer).toBe(`${96 * 1024 * 1024}\n`);
    await new Promise((resolve) => child.once('exit', resolve));
    groups.remove('tenant');
  });

  it('stop a fork bomb and let an honest program run', ({ skip }) => {
    if (groups === null) return skip('control groups cannot be written here');
    const fork =
      "const { spawn } = require('node:child_process'); let refused = 0; for (let i = 0; i < 100; i++) { const child = spawn('sleep', ['1']); child.on('error', () => refused++); } setTimeout(() => console.log(refused), 300);";
    const bomb = run(fork, 512 * 1024 * 1024);
    expect(Number(bomb.stdout)).toBeGreaterThan(30);
    expect(run('console.log(42)', 192 * 1024 * 1024).stdout).toBe('42\n');
    groups.remove('tenant');
  });
});
