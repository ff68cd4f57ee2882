/**
 * Sealed files: AES-256-GCM under a key that never leaves the machine, so that a copied disk folder without the key
 * shows no tenant's secrets and a changed file is noticed.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from '@rookery/service-kit/files';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function loadOrMakeKey(file: string): Buffer {
  if (!existsSync(file)) writeDurably(file, randomBytes(32));
  return readFileSync(file);
}

/** `name` is bound into the seal: a sealed file moved to another place does not open. */
export function seal(key: Buffer, name: string, value: unknown): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Throws when the bytes were changed, cut, or sealed for another name. */
export function unseal(key: Buffer, name: string, sealed: Buffer): unknown {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const body = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  return JSON.parse(body.toString('utf8'));
}
