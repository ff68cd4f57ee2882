/** A client in another language: a process that takes one command and gives one answer a line, as JSON. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Answer, Command, Driver, Transport } from './driver.ts';

/** What is made at the first call, and had by every later one. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

export abstract class ProcessDriver implements Driver {
  abstract readonly missing: string | null;
  readonly lacks: readonly string[] = [];
  private child: ChildProcess | null = null;
  private readonly waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];

  /** Makes what is needed, and says how to run it. */
  protected abstract prepare(): Promise<{ file: string; args: string[]; cwd: string }>;

  supports(_transport: Transport): boolean {
    return true;
  }

  async start(): Promise<void> {
    const { file, args, cwd } = await this.prepare();
    const child = spawn(file, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
    child.once('exit', () => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(`the client has ended: ${words.slice(-2_000)}`));
    });
    createInterface(child.stdout).on('line', (line) => this.waiting.shift()?.resolve(JSON.parse(line) as Answer));
    this.child = child;
  }

  run(command: Command): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child!.stdin!.write(`${JSON.stringify(command)}\n`);
    });
  }

  async stop(): Promise<void> {
    this.child?.kill();
  }
}
