import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CLIENTS, RECIPES, shellQuote, type Target } from './snippets';

const target: Target = {
  host: 'localhost',
  mqttsPort: 20001,
  wssUrl: 'wss://localhost:20001/mqtt',
  caUrl: 'http://localhost:8080/ca.pem',
  username: 'ada',
  password: 'secret',
  topic: 'hello/rookery',
};

describe.each(CLIENTS)('the %s block', (kind) => {
  const { snippet } = RECIPES[kind];

  it('is bash that parses, whatever the credential holds', () => {
    for (const nasty of [`it's`, 'a"b', '$(rm -rf /)', '`id`', 'back\\slash', 'naïve ☂', '-x']) {
      const text = snippet({ ...target, username: nasty, password: nasty });
      execFileSync('bash', ['-n'], { input: text });
    }
  });

  it('fetches the CA and trusts nothing else', () => {
    expect(snippet(target)).toContain(`curl -fsS -o ca.pem 'http://localhost:8080/ca.pem'`);
    expect(snippet(target)).not.toMatch(/insecure|rejectUnauthorized|CERT_NONE/);
  });

  it('fetches no CA where the system trusts the certificate', () => {
    expect(snippet({ ...target, caUrl: null })).not.toMatch(/ca\.pem|curl|readFileSync/);
  });

  it('never touches the host file', () => expect(snippet(target)).not.toContain('/etc/hosts'));
});

it('the node block goes by WebSocket over TLS, and by MQTT over TLS where there is none', () => {
  expect(RECIPES.mqttjs.snippet(target)).toContain('"wss://localhost:20001/mqtt"');
  expect(RECIPES.mqttjs.snippet({ ...target, wssUrl: null })).toContain('"mqtts://localhost:20001"');
});

it('versions are pinned', () => {
  expect(RECIPES.mqttjs.snippet(target)).toContain('mqtt@5.16.0');
  expect(RECIPES.paho.snippet(target)).toContain('paho-mqtt==2.1.0');
});

it('shellQuote makes one word of anything', () => {
  for (const text of [`it's`, '$HOME', 'a b', ''])
    expect(execFileSync('bash', ['-c', `printf %s ${shellQuote(text)}`], { encoding: 'utf8' })).toBe(text);
});
