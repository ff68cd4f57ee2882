/** What went wrong in the database, whatever wraps the error. */

interface Thrown {
  code?: unknown;
  constraint?: string;
  message?: string;
  cause?: unknown;
}

/** The SQLSTATE of a failed query; `23505` is a broken unique constraint. */
export function sqlState(error: unknown): { code: string; constraint: string } | null {
  const found = chain(error).find((each) => typeof each.code === 'string' && /^[0-9A-Z]{5}$/.test(each.code));
  return found ? { code: found.code as string, constraint: found.constraint ?? '' } : null;
}

/** Shutdown, crash and start of the server, or too many connections. */
const AWAY_STATES = /^(08...|57P0[1-3]|53300)$/;
const AWAY_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);
const AWAY_WORDS = /connection terminated|timeout exceeded when trying to connect/i;

/** Whether the database was not there, so that the same request may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  return chain(error).some(
    ({ code, message = '' }) => (typeof code === 'string' && (AWAY_STATES.test(code) || AWAY_CODES.has(code))) || AWAY_WORDS.test(message),
  );
}

function chain(error: unknown): Thrown[] {
  const all: Thrown[] = [];
  for (let at = error as Thrown | undefined; at && typeof at === 'object'; at = at.cause as Thrown | undefined) all.push(at);
  return all;
}
