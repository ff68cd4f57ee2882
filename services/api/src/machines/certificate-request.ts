/** Reads a certificate request (PKCS#10). Only its key is taken from it: names and extensions that it wishes for are ignored. */
import 'reflect-metadata';
import { createHash, createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { AppError } from '@rookery/service-kit/errors';

const RSA_BITS_MIN = 2_048;
/** Larger ones cost every handshake time and protect nothing that lasts a day. */
const RSA_BITS_MAX = 4_096;

export interface RequestedKey {
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
  /** SHA-256 of it, base64url. */
  hash: string;
}

/** Throws CERTIFICATE_REQUEST_REFUSED: no request, not signed by its own key, or a kind of key that is not taken. */
export async function readCertificateRequest(pem: string): Promise<RequestedKey> {
  const request = parse(pem);
  const spki = Buffer.from(request.publicKey.rawData);
  const fault = faultOf(keyIn(spki));
  if (fault !== null) throw refusal(fault);
  const signed = await request.verify(webcrypto as unknown as Crypto).catch(() => false);
  if (!signed) throw refusal('It is not signed by its own key.');
  return { spki, hash: createHash('sha256').update(spki).digest('base64url') };
}

function parse(pem: string): x509.Pkcs10CertificateRequest {
  try {
    return new x509.Pkcs10CertificateRequest(pem);
  } catch (error) {
    throw refusal('It is no PKCS#10 request in PEM.', error);
  }
}

function keyIn(spki: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch (error) {
    throw refusal('Its key cannot be read.', error);
  }
}

function faultOf({ asymmetricKeyType: kind, asymmetricKeyDetails: details }: KeyObject): string | null {
  if (kind === 'ed25519') return null;
  if (kind === 'ec') return details?.namedCurve === 'prime256v1' ? null : `Its key is on the curve ${details?.namedCurve}; P-256 is taken.`;
  if (kind !== 'rsa') return `Its key is of the kind ${kind}.`;
  const bits = details?.modulusLength ?? 0;
  return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX
    ? null
    : `Its RSA key has ${bits} bits; ${RSA_BITS_MIN} to ${RSA_BITS_MAX} are taken.`;
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError('CERTIFICATE_REQUEST_REFUSED', { message, path: ['csr'], cause });
}
