/** Where the installation's keys are kept, as a rotation sees it: a file, or rows that AWS KMS has wrapped. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { InstallationKeys } from '@rookery/db/installation-keys';
import type { Database } from '@rookery/db/pool';
import { Envelope } from '@rookery/service-kit/envelope';
import { writeDurably } from '@rookery/service-kit/files';
import { KeyRing, parseKeys } from '@rookery/service-kit/key-ring';
import { KmsRing, makeWrappedKey, SEALS_AFTER_MS, TAKEN_UP_MS } from '@rookery/service-kit/kms-ring';

const KEY_BYTES = 32;
/** Longer than a running process takes to see a change of the file. */
const FILE_TAKEN_UP_MS = 2_000;
const POLL_MS = 250;

export interface Custody {
  /** Whether a rotation that died may be gone on with by the newest key. Resolves once that key seals. */
  goesOn(): Promise<boolean>;
  /** Puts a new key before all others. */
  add(): Promise<void>;
  /** Then every process that runs seals with it. */
  takenUpMs: number;
  /** Works with the keys as they are now. */
  use(work: (envelope: Envelope) => Promise<void>): Promise<void>;
  /** Afterwards nobody seals with a key older than the newest. Resolves to their names. */
  startRetiring(): Promise<string[]>;
  /** To be called when nothing needs them. */
  remove(older: readonly string[]): Promise<void>;
  /** What is left to do by hand. */
  hint: string;
}

/** Keys in base64, newest first; what changes in the file reaches processes that run. */
export function inFile(file: string): Custody {
  const keep = (keys: readonly Buffer[]) => writeDurably(file, `${keys.map((key) => key.toString('base64')).join('\n')}\n`);
  const read = () => parseKeys(readFileSync(file, 'utf8'));
  return {
    goesOn: async () => true,
    add: async () => keep([randomBytes(KEY_BYTES), ...read()]),
    takenUpMs: FILE_TAKEN_UP_MS,
    use: (work) => work(new Envelope(KeyRing.fromFile(file))),
    startRetiring: async () => [],
    remove: async () => keep(read().slice(0, 1)),
    hint: '',
  };
}

export interface KmsCustodyOptions {
  /** As the owner. */
  db: Database;
  arns: readonly string[];
  installation: string;
  /** Keys from before KMS, which open what they have sealed. */
  file?: string | undefined;
}

export function inKms({ db, arns, installation, file }: KmsCustodyOptions): Custody {
  const store = new InstallationKeys(db);
  return {
    goesOn: async () => {
      for (const deadline = Date.now() + SEALS_AFTER_MS; ; await sleep(POLL_MS)) {
        const [newest] = await store.list();
        // One that is to be retired seals never; one that was wrapped by another KMS key is what a rotation leaves behind.
        if (newest === undefined || newest.seals || Date.now() > deadline) return newest?.seals === true && newest.kmsKeyArn === arns[0];
      }
    },
    add: async () => store.add(await makeWrappedKey(arns[0]!, installation), SEALS_AFTER_MS),
    takenUpMs: TAKEN_UP_MS,
    use: async (work) => {
      const older = file === undefined ? null : KeyRing.fromFile(file);
      const ring = await KmsRing.open({ arns, installation, store, older, onError: () => {} });
      try {
        await work(new Envelope(ring));
      } finally {
        ring.close();
      }
    },
    startRetiring: async () => {
      const older = await store.startRetiring();
      await sleep(SEALS_AFTER_MS);
      return older;
    },
    remove: (older) => store.remove(older),
    hint: file === undefined ? '' : ' Nothing needs KEK_FILE any more: take it out of the settings, and keep it with your older backups.',
  };
}
