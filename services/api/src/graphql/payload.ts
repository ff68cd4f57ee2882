/** What a mutation answers: its result, or the errors that the user can do something about. */
import { AppError } from '@rookery/service-kit/errors';
import { InputErrors } from './input.js';
import type { UserError } from './user-error.model.js';

/** Errors of the request as a whole stay errors of the request. */
const TOP_LEVEL = new Set(['UNAUTHENTICATED', 'RATE_LIMITED', 'INTERNAL', 'UNAVAILABLE']);

/** Runs a mutation. A user error leaves `empty` in the place of the result. */
export async function asPayload<T extends object, E extends object = Record<never, never>>(
  work: () => Promise<T>,
  empty?: E,
): Promise<(T | E) & { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    const errors = error instanceof InputErrors ? error.errors : [error];
    if (!errors.every((each): each is AppError => each instanceof AppError && !TOP_LEVEL.has(each.code))) throw error;
    return { ...(empty as E), userErrors: errors.map(toUserError) };
  }
}

export function toUserError(error: AppError): UserError {
  const details = Object.keys(error.details).length > 0 ? error.details : null;
  return { code: error.code, message: error.publicMessage, path: error.path.map(String), details };
}
