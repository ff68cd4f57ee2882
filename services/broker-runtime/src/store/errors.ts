import { LimitError } from '../limits/limit-error.js';

/** Why a data folder cannot be used. The process ends with the exit code; the words are for the operator. */
export class StoreLockedError extends Error {
  readonly code = 'STORE_LOCKED';
  readonly exitCode = 73;

  constructor(folder: string) {
    super(`The data folder ${folder} is in use by another broker. Stop that one first, or give this one another --data folder.`);
    this.name = 'StoreLockedError';
  }
}

export class CorruptStoreError extends Error {
  readonly code = 'STORE_CORRUPT';
  readonly exitCode = 65;

  constructor(path: string, at: number, what: string) {
    super(
      `The data is damaged: ${what} (${path}, byte ${at}). Nothing was changed. ` +
        'Restore the folder from a backup, or move that file and all with higher numbers away to go on without what they hold ' +
        '(docs/runbooks/damaged-store.md).',
    );
    this.name = 'CorruptStoreError';
  }
}

/** The limit of the plan on bytes in the store is met. */
export class StoreFullError extends LimitError {
  constructor(bytesMax: number) {
    super('storeBytesMax', `the store has reached its limit of ${bytesMax} bytes`);
    this.name = 'StoreFullError';
  }
}

/** The chosen store does not promise what was asked for. */
export class StoreUnsupportedError extends Error {
  readonly code = 'STORE_UNSUPPORTED';
  readonly exitCode = 78;

  constructor(what: string) {
    super(`STORE_UNSUPPORTED: ${what}`);
    this.name = 'StoreUnsupportedError';
  }
}

/** A store that is reached over a network cannot be reached. */
export class StoreUnreachableError extends Error {
  readonly code = 'STORE_UNREACHABLE';
  readonly exitCode = 69;

  constructor(what: string, cause?: unknown) {
    super(`The store cannot be reached: ${what}`, { cause });
    this.name = 'StoreUnreachableError';
  }
}
