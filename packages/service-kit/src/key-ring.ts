/**
 * The installation's keys, newest first: the first seals, all open. From a file that is looked at again when it changes,
 * so that a rotation reaches processes that run; or given once.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

const KEY_BYTES = 32;
/** How often the file is looked at, at most. */
const LOOK_MS = 1_000;

export interface MasterKey {
  /** First bytes of the key's hash: tells keys apart and nothing of them. */
  id: string;
  key: Buffer;
}

/** Where an {@link Envelope} finds its keys. */
export interface KeySource {
  /** The one that seals. */
  newest(): MasterKey;
  /** All that open. */
  all(): readonly MasterKey[];
  /** Throws where there is none of this id. */
  named(id: string): Buffer;
}

export class KeyRing implements KeySource {
  private lookedAt = 0;
  private changedAt = 0;

  private constructor(
    private keys: readonly MasterKey[],
    private readonly file: string | null,
  ) {}

  static of(keys: readonly Buffer[]): KeyRing {
    return new KeyRing(keys.map(masterKey), null);
  }

  /** Throws where the file holds no keys. */
  static fromFile(file: string): KeyRing {
    const ring = new KeyRing([], file);
    ring.read();
    return ring;
  }

  newest(): MasterKey {
    return this.all()[0]!;
  }

  all(): readonly MasterKey[] {
    if (this.file !== null && Date.now() - this.lookedAt > LOOK_MS) this.look();
    return this.keys;
  }

  named(id: string): Buffer {
    const find = () => this.keys.find((each) => each.id === id)?.key;
    // Made a moment ago, by somebody who knows the newest keys.
    if (find() === undefined && this.file !== null) this.read();
    const key = find();
    if (key === undefined) throw new Error(`The key ${id} of a sealed secret is not among the installation's keys`);
    return key;
  }

  private look(): void {
    this.lookedAt = Date.now();
    if (statSync(this.file!).mtimeMs !== this.changedAt) this.read();
  }

  private read(): void {
    this.changedAt = statSync(this.file!).mtimeMs;
    this.lookedAt = Date.now();
    this.keys = parseKeys(readFileSync(this.file!, 'utf8')).map(masterKey);
  }
}

/** Keys in base64, separated by white space, newest first. Throws where one is not 32 bytes long, or there is none. */
export function parseKeys(text: string): Buffer[] {
  const keys = text.split(/\s+/).filter(Boolean);
  const parsed = keys.map((each) => Buffer.from(each, 'base64'));
  if (parsed.length === 0 || parsed.some((key) => key.length !== KEY_BYTES))
    throw new Error(`every key must be ${KEY_BYTES} bytes in base64`);
  return parsed;
}

export function areKeys(text: string): boolean {
  try {
    return parseKeys(text).length > 0;
  } catch {
    return false;
  }
}

export function masterKey(key: Buffer): MasterKey {
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 12), key };
}
