/** Keys of a machine and the requests for certificates (PKCS#10) that are made with them. */
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { ALGORITHM } from '@rookery/service-kit/certificates';

/** A new private key, PEM. */
export function makeMachineKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** Asks for a certificate for this key, PEM. It names nothing: the api knows whom it talks to. */
export async function requestFor(privateKey: string): Promise<string> {
  const key = createPrivateKey(privateKey);
  const pkcs8 = Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' }));
  const spki = Uint8Array.from(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, ALGORITHM, true, ['verify']),
  };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: 'CN=machine', keys, signingAlgorithm: ALGORITHM });
  return request.toString('pem');
}
