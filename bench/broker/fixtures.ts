/** What the brokers are given: one login, ten access rules, a certificate for TLS. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const LOGIN = { username: 'device', password: randomBytes(20).toString('hex') };

export interface Fixtures {
  folder: string;
  policyFile: string;
  passwordFile: string;
  /** PEM; the certificate is its own authority. */
  certificateFile: string;
  keyFile: string;
  /** A new empty folder. */
  freshFolder(name: string): string;
  remove(): void;
}

export function makeFixtures(): Fixtures {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = (name: string) => join(folder, name);
  let folders = 0;
  writeFileSync(file('policy.json'), JSON.stringify(policy()));
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext'.split(' '),
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      ...['-keyout', file('key.pem'), '-out', file('certificate.pem')],
    ],
    { stdio: 'ignore' },
  );
  return {
    folder,
    policyFile: file('policy.json'),
    passwordFile: passwordFile(file('passwords')),
    certificateFile: file('certificate.pem'),
    keyFile: file('key.pem'),
    freshFolder: (name) => {
      const fresh = file(`${name}-${folders++}`);
      mkdirSync(fresh);
      return fresh;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Every quota of a plan is in force; those on rates, clients, queues and windows are above what the load asks for. */
function policy(): object {
  const rule = (effect: string, action: string, topic: string) => ({ effect, action, topic });
  const accessRules = [
    ...Array.from({ length: 4 }, (_, i) => rule('deny', 'all', `secret/${i}/#`)),
    rule('deny', 'publish', 'firmware/+/{clientId}'),
    rule('allow', 'publish', 'up/{username}/#'),
    rule('allow', 'subscribe', 'down/{clientId}/+'),
    rule('allow', 'all', 'shared/#'),
    rule('allow', 'all', 'bench/+/+'),
    rule('deny', 'all', '#'),
  ];
  const quotas = {
    clientsMax: 12_000,
    sessionsMax: 24_000,
    messagesPerSecondMax: 100_000_000,
    clientPublishPerSecondMax: 50_000_000,
    queueLengthMax: 10_000,
    inflightMax: 65_535,
  };
  return { revision: 1, defaultAccess: 'deny', credentials: [LOGIN], accessRules, quotas };
}

/** mosquitto's own form of it. */
function passwordFile(path: string): string {
  writeFileSync(path, `${LOGIN.username}:${LOGIN.password}\n`, { mode: 0o600 });
  execFileSync('mosquitto_passwd', ['-U', path]);
  return path;
}

export function readPem(path: string): string {
  return readFileSync(path, 'utf8');
}
