/**
 * X.509 as every authority of an installation makes it, ECDSA on P-256: the machines' own for tenants' host names, and the
 * one for the machines themselves. Who is trusted, for how long, and where keys lie is the callers' business.
 */
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export interface Validity {
  notBefore: Date;
  notAfter: Date;
}

export interface Leaf extends Validity {
  /** The authority's certificate and key. */
  issuer: x509.X509Certificate;
  signingKey: webcrypto.CryptoKey;
  subject: string;
  /** Host names and addresses. */
  names: readonly string[];
  /** Object identifier, one of `x509.ExtendedKeyUsage`. */
  usage: string;
  publicKey: x509.PublicKeyType;
}

export function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** A key pair and its self-signed certificate, PEM, under `<title> <random>`: two authorities are never mistaken for each other. */
export async function makeAuthority(title: string, validity: Validity): Promise<{ certificate: string; keys: webcrypto.CryptoKeyPair }> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serialNumber(),
    name: `CN=${title} ${randomBytes(4).toString('hex')},O=Rookery`,
    keys: keys as webcrypto.CryptoKeyPair,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, keys };
}

/** PEM, without the authority's. */
export async function signLeaf({ issuer, signingKey, subject, names, usage, publicKey, notBefore, notAfter }: Leaf): Promise<string> {
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: issuer.subject,
    notBefore,
    notAfter,
    publicKey,
    signingKey: signingKey as CryptoKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      new x509.SubjectAlternativeNameExtension(names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name }) as const)),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return leaf.toString('pem');
}

/** PKCS#8, PEM. */
export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }) as string;
}

/** 126 random bits, positive, of full length. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}
