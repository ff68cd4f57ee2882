/**
 * Sealed secrets: each is encrypted with a key of its own, which is encrypted with the installation's key (kept outside
 * the database). Both encryptions are bound to the place of the value, so a sealed text that was moved to another row,
 * field or organization cannot be opened.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where a sealed value lives. */
export interface Place {
  organizationId: string;
  table: string;
  row: string;
  field: string;
}

export class Envelope {
  constructor(private readonly masterKey: Buffer) {}

  seal(secret: Buffer, place: Place): string {
    const dataKey = randomBytes(KEY_BYTES);
    return [VERSION, encrypt(this.masterKey, dataKey, place), encrypt(dataKey, secret, place)].join('.');
  }

  /** Throws when the text was made for another place, with another key, or was changed. */
  open(sealed: string, place: Place): Buffer {
    const [version, wrappedKey = '', secret = ''] = sealed.split('.');
    if (version !== VERSION) throw new Error('A sealed secret has an unknown form');
    return decrypt(decrypt(this.masterKey, wrappedKey, place), secret, place);
  }
}

function encrypt(key: Buffer, plain: Buffer, place: Place): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(place));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function decrypt(key: Buffer, text: string, place: Place): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(
    boundTo(place),
  );
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

function boundTo(place: Place): Buffer {
  return Buffer.from(JSON.stringify([place.organizationId, place.table, place.row, place.field]));
}
