/**
 * Sealed secrets: each is encrypted with a key of its own, which is encrypted with the installation's key (kept outside
 * the database). Both encryptions are bound to the place of the value, so a sealed text that was moved to another row,
 * field or organization cannot be opened. A sealed text names the key that it needs: keys can be rotated.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KeyRing, type KeySource, type MasterKey } from './key-ring.js';

/** `v1.<wrapped key>.<secret>` was written before keys had ids; it is still opened. */
const UNNAMED = 'v1';
/** `v2.<key id>.<wrapped key>.<secret>` */
const VERSION = 'v2';
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
  private readonly keys: KeySource;

  constructor(keys: KeySource | Buffer) {
    this.keys = Buffer.isBuffer(keys) ? KeyRing.of([keys]) : keys;
  }

  seal(secret: Buffer, place: Place): string {
    const { id, key } = this.keys.newest();
    const dataKey = randomBytes(KEY_BYTES);
    return [VERSION, id, encrypt(key, dataKey, place), encrypt(dataKey, secret, place)].join('.');
  }

  /** Throws when the text was made for another place, with a key that is not here, or was changed. */
  open(sealed: string, place: Place): Buffer {
    const [version, ...parts] = sealed.split('.');
    if (version === UNNAMED) return openUnnamed(this.keys.all(), parts, place);
    if (version !== VERSION) throw new Error('A sealed secret has an unknown form');
    const [id = '', wrappedKey = '', secret = ''] = parts;
    return decrypt(decrypt(this.keys.named(id), wrappedKey, place), secret, place);
  }

  /** How every text begins that the newest key has sealed. */
  get newestPrefix(): string {
    return `${VERSION}.${this.newestId}.`;
  }

  get newestId(): string {
    return this.keys.newest().id;
  }
}

function openUnnamed(keys: readonly MasterKey[], [wrappedKey = '', secret = '']: readonly string[], place: Place): Buffer {
  let reason: unknown;
  for (const { key } of keys) {
    try {
      return decrypt(decrypt(key, wrappedKey, place), secret, place);
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
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
