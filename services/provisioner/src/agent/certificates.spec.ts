import { createServer, connect as tlsConnect, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertificateAuthority, type TlsMaterial } from './certificates.js';

describe('certificates of a machine', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rookery-ca-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function handshake(material: TlsMaterial, ca: string, servername: string): Promise<string | null> {
    const server = createServer({ cert: material.certificate, key: material.privateKey });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await new Promise<string | null>((resolve) => {
        const client: TLSSocket = tlsConnect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', servername, ca }, () => {
          resolve(null);
          client.destroy();
        });
        client.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      });
    } finally {
      server.close();
    }
  }

  it('are trusted by a client that has the CA, for their own names only', async () => {
    const authority = await CertificateAuthority.open(folder);
    const leaf = await authority.leaf(join(folder, 'leaf.json'), ['localhost', '127.0.0.1', '::1']);
    const ca = readFileSync(join(folder, 'ca.pem'), 'utf8');
    expect(await handshake(leaf, ca, 'localhost')).toBeNull();
    expect(await handshake(leaf, ca, 'elsewhere.test')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('are refused by a client that has another CA', async () => {
    const authority = await CertificateAuthority.open(folder);
    const leaf = await authority.leaf(join(folder, 'leaf.json'), ['localhost']);
    await CertificateAuthority.open(join(folder, 'other'));
    expect(await handshake(leaf, readFileSync(join(folder, 'other', 'ca.pem'), 'utf8'), 'localhost')).toMatch(
      /SELF_SIGNED|UNABLE_TO|SIGNATURE/,
    );
  });

  it('stay the same over restarts, and are made anew for new names', async () => {
    const file = join(folder, 'leaf.json');
    const first = await (await CertificateAuthority.open(folder)).leaf(file, ['localhost']);
    expect(await (await CertificateAuthority.open(folder)).leaf(file, ['localhost'])).toEqual(first);
    const renamed = await (await CertificateAuthority.open(folder)).leaf(file, ['broker.test']);
    expect(renamed.certificate).not.toBe(first.certificate);
  });
});
