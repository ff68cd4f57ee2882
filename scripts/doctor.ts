/** `npm run doctor`: what this machine offers, and what is missing for which part. */
import { spawnSync } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';

interface Finding {
  name: string;
  version: string | null;
  needed: string;
}

function ask(name: string, args: string[], needed: string): Finding {
  const result = spawnSync(name, args, { encoding: 'utf8', timeout: 5_000 });
  const version = result.status === 0 ? `${result.stdout}${result.stderr}`.trim().split('\n')[0]! : null;
  return { name, version, needed };
}

const findings = [
  ask('bwrap', ['--version'], 'the strongest isolation of tenants'),
  ask('unshare', ['--version'], 'isolation without bubblewrap'),
  ask('docker', ['info', '--format', 'engine {{.ServerVersion}}'], 'docker compose; tests of it'),
  ask('terraform', ['version'], 'cells made by Terraform'),
  ask('mosquitto_pub', ['--help'], 'the printed command lines; tests'),
  ask('redis-server', ['--version'], 'tests of the Redis queue (production: REDIS_URL)'),
  ask('chromium', ['--version'], 'tests of the console'),
];
console.log(`Node ${process.version}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`);
for (const { name, version, needed } of findings)
  console.log(`${version === null ? 'missing' : 'ok     '}  ${name.padEnd(14)} ${version ?? `for ${needed}`}`);
console.log('Nothing of this is needed for npm start.');
