// Makes `node_modules` fit the lockfile, with whatever Node and npm the machine has (Node 20 or newer).
// Every root script calls this first, so that a fresh clone needs no other command.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.rookery-lock');

/** The Node that the product is pinned to, from npm. */
export const pinnedNode = join(root, 'node_modules', '.bin', 'node');

export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(pinnedNode)) return;
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) fail(`Node ${process.versions.node} is too old: Rookery installs itself with Node 20 or newer.`);
  console.log('Installing dependencies (about a minute, only the first time) …');
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ['npm'];
  const result = spawnSync(command[0], [...command.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (result.status !== 0) fail('npm ci failed; its message stands above.');
  if (!existsSync(pinnedNode)) fail(`No Node build for ${process.platform}-${process.arch} could be installed.`);
  writeFileSync(stamp, lock);
}

/** Runs a TypeScript file of scripts/ under the pinned Node; resolves to its exit code. Signals are passed on. */
export function runPinned(script, args = process.argv.slice(2)) {
  ensureInstalled();
  return import('node:child_process').then(
    ({ spawn }) =>
      new Promise((resolve) => {
        const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`;
        const child = spawn(pinnedNode, ['--disable-warning=ExperimentalWarning', join(root, 'scripts', script), ...args], {
          cwd: root,
          stdio: 'inherit',
          env: { ...process.env, PATH: path },
        });
        // On Ctrl-C the terminal tells the child too; a signal that only reaches us is passed on.
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
        child.on('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
      }),
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
