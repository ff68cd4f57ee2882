/** The shipped bundle as a process of its own, as an agent or a person starts it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RUNTIME_NODE_FLAGS } from '@rookery/contracts/runtime-flags';
import { TestClient } from './test-client.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BUNDLE = here('../../dist/runtime.mjs');
let built = false;

/** Bundles once per test file, so that the tests never meet an old build. */
function build(): void {
  if (built && existsSync(BUNDLE) && statSync(BUNDLE).size > 0) return;
  const { status, stderr } = spawnSync(process.execPath, [here('../../build.mjs')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  built = true;
}

export class TestRuntime {
  output = '';
  private port = 0;
  readonly exited: Promise<number | null>;

  private constructor(readonly process: ChildProcess) {
    this.exited = new Promise((resolve) => process.once('exit', (code) => resolve(code)));
    process.stdout!.on('data', (chunk: Buffer) => (this.output += chunk));
    process.stderr!.on('data', (chunk: Buffer) => (this.output += chunk));
  }

  static spawn(...args: string[]): TestRuntime {
    return TestRuntime.launch([], args);
  }

  /** Alone on a free port, and ready to answer {@link memoryInUse}, or with the loop probe {@link longestTurn}. */
  static async startProbed(name: 'memory-probe' | 'loop-probe', ...args: string[]): Promise<TestRuntime> {
    const file = [`./${name}.js`, `../../dist/test-support/${name}.js`].map(here).find((path) => existsSync(path))!;
    const runtime = TestRuntime.launch(['--import', file], ['--port', '0', '--allow-anonymous', ...args]);
    await runtime.listening();
    return runtime;
  }

  /** With STORE_URL set; resolves when it listens, or has ended. */
  static async startWithStore(storeUrl: string, ...args: string[]): Promise<TestRuntime> {
    const runtime = TestRuntime.launch([], ['--port', '0', '--allow-anonymous', ...args], { STORE_URL: storeUrl });
    await Promise.race([runtime.listening().catch(() => {}), runtime.exited]);
    return runtime;
  }

  /**
   * On a disk of its own, of `bytes`, at `folder`, which only this process sees; others reach it by {@link inside}. Resolves
   * to null where no file system may be mounted.
   */
  static async startOnSmallDisk(folder: string, bytes: number, ...args: string[]): Promise<TestRuntime | null> {
    build();
    const unshare = ['unshare', process.getuid?.() === 0 ? '-m' : '-rm', 'sh', '-c'];
    const mount = `mount -t tmpfs -o size=${bytes},mode=700 none "$0" && exec "$@"`;
    const node = [process.execPath, ...RUNTIME_NODE_FLAGS, BUNDLE, '--port', '0', '--allow-anonymous', '--data', folder, ...args];
    const [command = '', ...line] = [...unshare, mount, folder, ...node];
    const runtime = new TestRuntime(spawn(command, line, { stdio: ['ignore', 'pipe', 'pipe'] }));
    return Promise.race([
      runtime.listening().then(
        () => runtime,
        () => null,
      ),
      runtime.exited.then(() => null),
    ]);
  }

  /** A path as this process sees it. */
  inside(path: string): string {
    return `/proc/${this.process.pid}/root${path}`;
  }

  private static launch(nodeArgs: string[], args: string[], env: NodeJS.ProcessEnv = {}): TestRuntime {
    build();
    const line = [...RUNTIME_NODE_FLAGS, ...nodeArgs, BUNDLE, ...args];
    return new TestRuntime(spawn(process.execPath, line, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } }));
  }

  /** Started alone on a free port. */
  static async start(...args: string[]): Promise<TestRuntime> {
    const runtime = TestRuntime.spawn('--port', '0', '--allow-anonymous', ...args);
    await runtime.listening();
    return runtime;
  }

  private async listening(): Promise<void> {
    await this.said(/listens on/);
    // Read now: a test may forget what was said.
    void this.where;
  }

  /** Bytes of heap and buffers after a full garbage collection. */
  async memoryInUse(): Promise<number> {
    this.output = '';
    this.process.kill('SIGUSR2');
    return Number((await this.said(/memory in use: (\d+) bytes/))[1]);
  }

  /** Milliseconds of processor time of the longest turn of its event loop since the last question. */
  async longestTurn(): Promise<number> {
    this.output = '';
    this.process.kill('SIGUSR2');
    return Number((await this.said(/longest turn: (\d+) us/))[1]) / 1_000;
  }

  private async said(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(this.output);
      if (found !== null) return found;
      if (this.process.exitCode !== null) throw new Error(this.output);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Clients come in there: something that passes them on listens before it. */
  standsBehind(port: number): void {
    this.port = port;
  }

  get where(): { port: number } {
    this.port ||= Number(/mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(this.output)?.[1]);
    return { port: this.port };
  }

  open(given?: Parameters<typeof TestClient.open>[1]): ReturnType<typeof TestClient.open> {
    return TestClient.open(this.where, given);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    this.process.kill(signal);
    return this.exited;
  }
}
