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
import { writeDurably } from '@rookery/service-kit/files';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
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
    if (!existsSync(certificateFile) || !existsSync(keyFile)) await makeAuthority(certificateFile, keyFile);
    const pem = readFileSync(certificateFile, 'utf8');
    const der = createPrivateKey(readFileSync(keyFile)).export({ format: 'der', type: 'pkcs8' });
    const key = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
    return new CertificateAuthority(pem, new x509.X509Certificate(pem), key);
  }

  /** A leaf for `names` (host names and addresses), kept in `file` and renewed in time. */
  async leaf(file: string, names: readonly string[]): Promise<TlsMaterial> {
    const kept = readLeaf(file, names);
    if (kept !== null) return kept;
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const now = Date.now();
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: `CN=${names[0]}`,
      issuer: this.certificate.subject,
      notBefore: new Date(now - BACKDATE_MS),
      notAfter: new Date(now + LEAF_DAYS * DAY_MS),
      publicKey: keys.publicKey as CryptoKey,
      signingKey: this.key as CryptoKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name }) as const)),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
        await x509.AuthorityKeyIdentifierExtension.create(this.certificate),
      ],
    });
    const material: TlsMaterial = {
      certificate: `${leaf.toString('pem')}\n${this.certificatePem}`,
      privateKey: await exportKey(keys.privateKey),
      ticketKeys: randomBytes(48).toString('base64'),
    };
    writeDurably(file, JSON.stringify(material));
    return material;
  }
}

async function makeAuthority(certificateFile: string, keyFile: string): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=Rookery local CA ${randomBytes(4).toString('hex')},O=Rookery`,
    notBefore: new Date(now - BACKDATE_MS),
    notAfter: new Date(now + CA_DAYS * DAY_MS),
    keys: keys as webcrypto.CryptoKeyPair,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
    ],
  });
  writeDurably(keyFile, await exportKey(keys.privateKey));
  writeDurably(certificateFile, `${certificate.toString('pem')}\n`);
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

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }) as string;
}

function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}
