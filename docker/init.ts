/**
 * First step of `docker compose up`: makes the secrets of this installation, once, in a volume that only its containers
 * see. Nothing secret stands in an environment variable or in the compose file.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = '/var/lib/rookery/secrets';
const ROLES = {
  'database-url': 'rookery_owner',
  'api-database-url': 'rookery_api',
  'provisioner-database-url': 'rookery_provisioner',
  'jobs-database-url': 'rookery_jobs',
};

mkdirSync(folder, { recursive: true });
/** Postgres reads its password under its own user. */
chmodSync(folder, 0o711);

function once(name: string, mode: number, make: () => string): void {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, make(), { mode });
}

const secret = () => randomBytes(32).toString('base64url');
once('kek', 0o600, () => randomBytes(32).toString('base64'));
once('session', 0o600, secret);
for (const [name, role] of Object.entries(ROLES)) {
  const file = join(folder, name);
  if (existsSync(file)) continue;
  const password = secret();
  if (role === 'rookery_owner') writeFileSync(join(folder, 'postgres-password'), password, { mode: 0o644 });
  writeFileSync(file, `postgres://${role}:${password}@postgres:5432/rookery`, { mode: 0o600 });
}
console.log('secrets are in place');
