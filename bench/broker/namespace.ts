/**
 * A network namespace of our own: connection tracking on loopback, which container daemons turn on, costs every broker
 * CPU and stops connection storms when its table is full. Where the kernel does not allow one, the host's is used.
 */
import { spawn, spawnSync } from 'node:child_process';

const INSIDE = 'ROOKERY_BENCH_NAMESPACE';
const UP = 'ip link set lo up && exec "$@"';

/** Runs this program again inside a namespace and resolves to its exit code; null when it is inside, or can have none. */
export async function enterNamespace(env: NodeJS.ProcessEnv): Promise<number | null> {
  if (env[INSIDE] !== undefined) return null;
  const ways = [['--net'], ['--net', '--user', '--map-root-user']];
  const way = ways.find((flags) => spawnSync('unshare', [...flags, 'sh', '-c', UP, 'sh', 'true']).status === 0);
  if (way === undefined) {
    console.error('No network namespace can be had here; measuring in that of the host.');
    return null;
  }
  const child = spawn('unshare', [...way, 'sh', '-c', UP, 'sh', ...process.argv], { stdio: 'inherit', env: { ...env, [INSIDE]: '1' } });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
