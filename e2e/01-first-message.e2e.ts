/** Story 1: from an API key to a message over TLS, with nothing but curl and the mosquitto clients. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { inRoot } from '../scripts/lib/paths.ts';
import { isInstalled } from './support/clients.ts';

const run = promisify(execFile);

describe('quickstart', () => {
  const script = readFileSync(inRoot('scripts/quickstart.sh'), 'utf8');

  it('is in the README word for word', () => {
    const body = script.slice(script.indexOf('url='));
    expect(readFileSync(inRoot('README.md'), 'utf8')).toContain(`\`\`\`bash\n${body}\`\`\``);
  });

  it('brings a message through a new deployment in three calls', async ({ skip }) => {
    if (!isInstalled('mosquitto_pub') || !isInstalled('curl')) return skip('mosquitto clients or curl are not installed');
    const { consoleUrl, apiKey } = inject('system');
    const folder = mkdtempSync(join(tmpdir(), 'rookery-quickstart-'));
    try {
      const { stdout } = await run('bash', [inRoot('scripts/quickstart.sh')], {
        cwd: folder,
        env: { ...process.env, ROOKERY_URL: consoleUrl, ROOKERY_API_KEY: apiKey },
        timeout: 60_000,
      });
      expect(stdout).toBe('room/temperature 21.5\n');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
