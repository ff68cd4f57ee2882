/** Story 8: with a domain, all deployments share a port and the server name decides; a name that nobody has tells nothing. */
import { randomBytes } from 'node:crypto';
import { connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type Deployed } from './support/api.ts';
import { connect, connectTls } from './support/clients.ts';
import { freePorts, type RunningSystem, startSystem } from './support/system.ts';

const DOMAIN = 'mqtt.rookery.test';

describe('domain', () => {
  let system: RunningSystem;
  let port: number;
  let wssPort: number;
  let deployed: Deployed;

  beforeAll(async () => {
    port = await freePorts(2);
    wssPort = port + 1;
    system = await startSystem({
      ROOKERY_DOMAIN: DOMAIN,
      ROOKERY_MQTTS_PORT: String(port),
      ROOKERY_WSS_PORT: String(wssPort),
      ROOKERY_EDGE_PROCESSES: '2',
    });
    deployed = await new Api(system.ready.graphqlUrl, system.login.apiKey).deploy('named');
  });
  afterAll(async () => {
    await system.stop();
    system.remove();
  });

  const at = (servername: string, secret = deployed.secret) =>
    connectTls({ ...deployed, host: '127.0.0.1', mqttsPort: port, secret }, { ca: system.ca, servername });
  const overWebSocket = (servername: string, secret: string) =>
    connect(`wss://127.0.0.1:${wssPort}/mqtt`, {
      username: deployed.username,
      password: secret,
      ca: system.ca,
      wsOptions: { servername, headers: { host: servername }, ca: system.ca } as object,
    });

  it('leads a client by its server name', async () => {
    expect(deployed.host).toMatch(new RegExp(`^[a-z0-9-]+\\.${DOMAIN.replaceAll('.', '\\.')}$`));
    expect(deployed).toMatchObject({ mqttsPort: port, wssUrl: `wss://${deployed.host}:${wssPort}/mqtt` });
    await (await at(deployed.host)).endAsync();
    await (await overWebSocket(deployed.host, deployed.secret)).endAsync();
  });

  it('answers an unknown name like a wrong password, over MQTT and over WebSocket', async () => {
    const unknown = `nobody-has-this.${DOMAIN}`;
    expect(await at(deployed.host, 'wrong').catch((error: unknown) => error)).toMatchObject({ code: 0x86 });
    expect(await at(unknown, 'wrong').catch((error: unknown) => error)).toMatchObject({ code: 0x86 });
    expect(await overWebSocket(deployed.host, 'wrong').catch((error: unknown) => error)).toMatchObject({ code: 0x86 });
    expect(await overWebSocket(unknown, 'wrong').catch((error: unknown) => error)).toMatchObject({ code: 0x86 });
    expect(await fingerprint(unknown)).toBe(await fingerprint(deployed.host));
  });

  it('sends a WebSocket whose Host is another deployment away with 421', async () => {
    const response = await new Promise<string>((resolve) => {
      const socket = tlsConnect({ port: wssPort, host: '127.0.0.1', servername: deployed.host, ca: system.ca }, () =>
        socket.write(
          `GET /mqtt HTTP/1.1\r\nHost: other.${DOMAIN}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
        ),
      );
      socket.once('data', (data: Buffer) => resolve(data.toString()));
      socket.on('error', (error) => resolve(error.message));
    });
    expect(response).toMatch(/^HTTP\/1\.1 421 /);
  });

  function fingerprint(servername: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = tlsConnect({ port, host: '127.0.0.1', servername, ca: system.ca }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }
});
