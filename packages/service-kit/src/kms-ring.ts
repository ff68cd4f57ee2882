/**
 * The installation's keys where AWS KMS guards them. Each is a data key that KMS has made and wrapped; the wrapped form
 * lies in the database, the key itself in memory only. So KMS is called once per key and process: at a start, and when a
 * rotation has brought a new one. A process that runs goes on without KMS with the keys that it has; one that starts
 * cannot, and says so.
 */
import { generateDataKey, unwrapDataKey, type EncryptionContext } from './aws/kms.js';
import { ConfigError } from './config.js';
import { messageOf } from './errors.js';
import { type KeySource, type MasterKey, masterKey } from './key-ring.js';

/** How often the list of wrapped keys is read. A new key seals only after every process had the time to read it twice. */
const LOOK_MS = 1_000;
export const SEALS_AFTER_MS = 3 * LOOK_MS;
/** From the making of a key until every process seals with it. */
export const TAKEN_UP_MS = SEALS_AFTER_MS + 2 * LOOK_MS;
/** After KMS refused a key, before it is asked again. */
const PAUSE_MS = 10_000;
/** More than any rotation leaves behind: each is a call at a start, and stays in memory. */
export const WRAPPED_KEYS_MAX = 16;

/** A key as the database has it. */
export interface WrappedKey {
  /** Of the key itself, as in {@link MasterKey}. */
  id: string;
  kmsKeyArn: string;
  wrapped: Buffer;
}

export interface WrappedKeyStore {
  /** Newest first. `seals`: everybody knows it by now, and it is not to be retired. */
  list(): Promise<(WrappedKey & { seals: boolean })[]>;
  /** Does nothing where there is one already. */
  addFirst(key: WrappedKey): Promise<void>;
}

export interface KmsRingOptions {
  /** KMS keys that may have wrapped one of ours; the first wraps new ones. */
  arns: readonly string[];
  installation: string;
  store: WrappedKeyStore;
  /** Keys of a file from before: they open and do not seal. */
  older: KeySource | null;
  /** What went wrong while it runs; it is tried again. */
  onError: (error: Error) => void;
}

export class KmsRing implements KeySource {
  private entries: readonly (MasterKey & { seals: boolean })[] = [];
  private readonly timer: NodeJS.Timeout;
  private readonly refusedAt = new Map<string, number>();
  private looking: Promise<void> | null = null;

  private constructor(private readonly options: KmsRingOptions) {
    this.timer = setInterval(() => void this.lookAgain(), LOOK_MS).unref();
  }

  /** Makes the first key where there is none. Throws {@link ConfigError} where one cannot be unwrapped. */
  static async open(options: KmsRingOptions): Promise<KmsRing> {
    const { arns, installation, store } = options;
    const ring = new KmsRing(options);
    try {
      if ((await store.list()).length === 0) await store.addFirst(await makeWrappedKey(arns[0]!, installation));
      await ring.look((error) => {
        throw error;
      });
      return ring;
    } catch (error) {
      ring.close();
      throw new ConfigError([`ROOKERY_KEK: the installation's keys cannot be opened. ${messageOf(error)}`]);
    }
  }

  newest(): MasterKey {
    const found = this.entries.find(({ seals }) => seals);
    if (found === undefined) throw new Error('No key may seal: KMS has not unwrapped the newest, and the others are to be retired');
    return found;
  }

  all(): readonly MasterKey[] {
    return [...this.entries, ...(this.options.older?.all() ?? [])];
  }

  named(id: string): Buffer {
    const key = this.entries.find((entry) => entry.id === id)?.key;
    if (key !== undefined) return key;
    if (this.options.older !== null) return this.options.older.named(id);
    void this.lookAgain();
    throw new Error(`The key ${id} of a sealed secret is not among the installation's keys, or KMS has not unwrapped it yet`);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async lookAgain(): Promise<void> {
    this.looking ??= this.look(this.options.onError)
      .catch((error: unknown) => this.options.onError(error as Error))
      .finally(() => {
        this.looking = null;
      });
    await this.looking;
  }

  /** Takes up what has come and forgets what has gone. `refused`: one key could not be unwrapped. */
  private async look(refused: (error: Error) => void): Promise<void> {
    const listed = (await this.options.store.list()).slice(0, WRAPPED_KEYS_MAX);
    const entries: (MasterKey & { seals: boolean })[] = [];
    for (const wrapped of listed) {
      const { id, seals } = wrapped;
      const key = this.entries.find((entry) => entry.id === id)?.key ?? (await this.unwrap(wrapped).catch(refused));
      if (key) entries.push({ id, key, seals });
    }
    this.entries = entries;
  }

  /** Undefined: it was refused a moment ago. */
  private async unwrap({ id, kmsKeyArn, wrapped }: WrappedKey): Promise<Buffer | undefined> {
    if (Date.now() - (this.refusedAt.get(id) ?? 0) < PAUSE_MS) return undefined;
    try {
      if (!this.options.arns.includes(kmsKeyArn))
        throw new Error(`The key ${id} was wrapped by ${kmsKeyArn}, which ROOKERY_KEK does not name`);
      const key = await unwrapDataKey(kmsKeyArn, wrapped, contextOf(this.options.installation));
      if (masterKey(key).id !== id) throw new Error(`KMS unwrapped another key than ${id}: the row was changed`);
      this.refusedAt.delete(id);
      return key;
    } catch (error) {
      this.refusedAt.set(id, Date.now());
      throw error;
    }
  }
}

/** A new key of the installation, wrapped. Throws with the reason of KMS. */
export async function makeWrappedKey(arn: string, installation: string): Promise<WrappedKey> {
  const { key, wrapped } = await generateDataKey(arn, contextOf(installation));
  return { id: masterKey(key).id, kmsKeyArn: arn, wrapped };
}

function contextOf(installation: string): EncryptionContext {
  return { 'rookery:installation': installation, 'rookery:purpose': 'sealed-secrets' };
}
