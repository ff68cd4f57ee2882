/** Where the matrix is run: a broker alone, and a deployment behind the edge. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inRoot, NODE } from '../../scripts/lib/paths.ts';
import type { Deployed } from '../support/api.ts';
import type { Endpoint, Transport } from './driver.ts';

export interface Place {
  endpoint(transport: Transport): Endpoint;
  username: string;
  password: string;
  stop(): Promise<void>;
}

export function behindEdge(deployed: Deployed, caFile: string): Place {
  const { host, mqttsPort, mqttPort, wssUrl, wsUrl, username, secret } = deployed;
  const web = (url: string) => ({ port: Number(new URL(url).port), path: new URL(url).pathname });
  const ports = {
    tcp: { port: mqttPort!, path: '' },
    tls: { port: mqttsPort, path: '' },
    ws: web(wsUrl!),
    wss: web(wssUrl),
  };
  return {
    endpoint: (transport) => ({ transport, host, caFile, ...ports[transport] }),
    username,
    password: secret,
    stop: async () => {},
  };
}

/** The runtime as `npm run broker` starts it. */
export async function brokerAlone(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-matrix-'));
  const [cert, key, policy] = [join(folder, 'cert.pem'), join(folder, 'key.pem'), join(folder, 'policy.json')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)('openssl', [...made, '-keyout', key, '-out', cert, ...names]);
  writeFileSync(policy, JSON.stringify({ credentials: [{ username: 'device', password: 'a good one' }] }));
  const doors = ['--port', '0', '--tls-port', '0', '--cert', cert, '--key', key];
  const bundle = inRoot('services/broker-runtime/dist/runtime.mjs');
  const child = spawn(NODE, ['--disable-sigusr1', bundle, ...doors, '--policy', policy], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [plain, secure] = await addresses(child);
  return {
    endpoint: (transport) => {
      const web = transport === 'ws' || transport === 'wss';
      const port = transport === 'tls' || transport === 'wss' ? secure : plain;
      return { transport, host: 'localhost', port, path: web ? '/mqtt' : '', caFile: cert };
    },
    username: 'device',
    password: 'a good one',
    stop: async () => void child.kill(),
  };
}

function addresses(child: ChildProcess): Promise<[plain: number, secure: number]> {
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /mqtt:\/\/[^ ]*:(\d+) and mqtts:\/\/[^ ]*:(\d+)/.exec(output);
      if (found !== null) resolve([Number(found[1]), Number(found[2])]);
    });
    child.once('exit', () => reject(new Error(output)));
  });
}
