/**
 * Certificates of a machine: the installation's own CA (made at the first start; its certificate is what `GET /ca.pem`
 * serves), one key and one leaf per deployment, or one wildcard leaf for a domain.
 */
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { ALGORITHM, makeAuthority, makeKeys, privateKeyPem, signLeaf } from '@rookery/service-kit/certificates';
import { writeDurably } from '@rookery/service-kit/files';

const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
/** Apple's platforms trust no leaf that is valid for longer. */
const LEAF_DAYS = 397;
const RENEW_BEFORE_DAYS = 60;
/** Clocks of small devices run late. */
const BACKDATE_MS = DAY_MS;

export interface TlsMaterial {
  /** PEM, leaf first, then the CA. */
  certificate: string;
  privateKey: string;
  /** 48 bytes, base64. */
  ticketKeys: string;
}

export class CertificateAuthority {
  private constructor(
    private readonly certificatePem: string,
    private readonly certificate: x509.X509Certificate,
    private readonly key: webcrypto.CryptoKey,
  ) {}

  /** Loads `ca.pem` and `ca.key` of `folder`, or makes them. */
  static async open(folder: string): Promise<CertificateAuthority> {
    const certificateFile = join(folder, 'ca.pem');
    const keyFile = join(folder, 'ca.key');
    if (!existsSync(certificateFile) || !existsSync(keyFile)) await storeNewAuthority(certificateFile, keyFile);
    const pem = readFileSync(certificateFile, 'utf8');
    const der = createPrivateKey(readFileSync(keyFile)).export({ format: 'der', type: 'pkcs8' });
    const key = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
    return new CertificateAuthority(pem, new x509.X509Certificate(pem), key);
  }

  /** A leaf for `names` (host names and addresses), kept in `file` and renewed in time. */
  async leaf(file: string, names: readonly string[]): Promise<TlsMaterial> {
    const kept = readLeaf(file, names);
    if (kept !== null) return kept;
    const keys = await makeKeys();
    const leaf = await signLeaf({
      issuer: this.certificate,
      signingKey: this.key,
      subject: `CN=${names[0]}`,
      names,
      usage: x509.ExtendedKeyUsage.serverAuth,
      publicKey: keys.publicKey as CryptoKey,
      ...validFor(LEAF_DAYS),
    });
    const material: TlsMaterial = {
      certificate: `${leaf}\n${this.certificatePem}`,
      privateKey: await privateKeyPem(keys.privateKey),
      ticketKeys: randomBytes(48).toString('base64'),
    };
    writeDurably(file, JSON.stringify(material));
    return material;
  }
}

async function storeNewAuthority(certificateFile: string, keyFile: string): Promise<void> {
  const { certificate, keys } = await makeAuthority('Rookery local CA', validFor(CA_DAYS));
  writeDurably(keyFile, await privateKeyPem(keys.privateKey));
  writeDurably(certificateFile, certificate);
}

function validFor(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** What `file` holds, when it is for these names and good for a while yet. */
function readLeaf(file: string, names: readonly string[]): TlsMaterial | null {
  if (!existsSync(file)) return null;
  const material = JSON.parse(readFileSync(file, 'utf8')) as TlsMaterial;
  const certificate = new X509Certificate(material.certificate);
  const covers = names.every(
    (name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name.replace('*', 'any'))) !== undefined,
  );
  const fresh = Date.parse(certificate.validTo) - Date.now() > RENEW_BEFORE_DAYS * DAY_MS;
  return covers && fresh ? material : null;
}
