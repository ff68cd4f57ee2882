/** The one error type that crosses layers. Its code says what happened; edges translate it once (style: docs/adr). */
import { ERROR_CODES, type ErrorCode } from '@rookery/contracts/error-codes';

export type Retry = 'never' | 'later';

export interface AppErrorOptions {
  /** Words for the user; default: the title of the code. */
  message?: string;
  /** Where in the input, like `['input', 'name']`. */
  path?: readonly (string | number)[];
  /** Facts for the user, like `{limit, used, plan}`. Never a secret. */
  details?: Record<string, unknown>;
  retry?: Retry;
  cause?: unknown;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly path: readonly (string | number)[];
  readonly details: Record<string, unknown>;
  readonly retry: Retry;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? ERROR_CODES[code].title, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.path = options.path ?? [];
    this.details = options.details ?? {};
    this.retry = options.retry ?? 'never';
  }

  /** What may leave the process. */
  get publicMessage(): string {
    return this.message;
  }
}

/** The text of whatever was thrown, for logs and problem reports. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
