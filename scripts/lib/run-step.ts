/** Runs one command of a script: quiet while it goes well, everything it said when it fails. */
import { spawn } from 'node:child_process';
import { BIN, ROOT } from './paths.ts';

export interface StepResult {
  ok: boolean;
  output: string;
  seconds: number;
}

/** What a command said. Throws with the end of it when the command fails. */
export async function outputOf(file: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { ok, output } = await runStep(file, args, { env });
  if (!ok) throw new Error(`${file} ${args.join(' ')}: ${output.slice(-2_000)}`);
  return output;
}

export function runStep(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; echo?: boolean } = {},
): Promise<StepResult> {
  const started = performance.now();
  const env = { ...process.env, PATH: `${BIN}:${process.env.PATH}`, ...options.env };
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: options.cwd ?? ROOT, env, stdio: options.echo ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const end = (ok: boolean) => resolve({ ok, output, seconds: (performance.now() - started) / 1000 });
    child.once('error', (error) => {
      output += String(error);
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });
}
