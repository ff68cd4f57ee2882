import type { TypedDocumentString } from '../gql/graphql';
import { ApiError, fromGraphQLErrors, NETWORK } from './api-error';
import { reached, unreachable } from './live-status';
import { waitForLogIn } from './log-in-again';

interface Options {
  signal?: AbortSignal | undefined;
  /** Whether an expired session opens the log-in dialog and waits; the first question of a fresh tab does not. */
  waitForLogIn?: boolean;
}

/** Sends one document to /graphql. Top-level errors are thrown; `userErrors` are for `mutate` in use-api. */
export async function execute<R, V>(document: TypedDocumentString<R, V>, variables: V, options: Options = {}): Promise<R> {
  const body = await post(document.toString(), variables, options.signal);
  if (body.errors?.length) {
    const error = fromGraphQLErrors(body.errors);
    if (error.code !== 'UNAUTHENTICATED' || options.waitForLogIn === false) throw error;
    await waitForLogIn();
    return execute(document, variables, options);
  }
  return body.data as R;
}

interface Body {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

async function post(query: string, variables: unknown, signal: AbortSignal | undefined): Promise<Body> {
  let response: Response;
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      // The second header makes the request one that no foreign page can send without asking first (CSRF).
      headers: { 'content-type': 'application/json', accept: 'application/json', 'apollo-require-preflight': 'true' },
      body: JSON.stringify({ query, variables }),
      signal: signal ?? null,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    unreachable();
    throw new ApiError(NETWORK, 'The api cannot be reached. Your data is safe; we keep trying.');
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (typeof body === 'object' && body !== null && ('data' in body || 'errors' in body)) {
    reached();
    return body as Body;
  }
  if (response.status === 401) return { errors: [{ message: 'Your session has expired.', extensions: { code: 'UNAUTHENTICATED' } }] };
  if (response.status >= 502) {
    unreachable();
    throw new ApiError(NETWORK, 'The api cannot be reached. Your data is safe; we keep trying.');
  }
  throw new ApiError('INTERNAL', `The api answered with status ${response.status}.`);
}
