/** One kind of error for everything that can go wrong between the console and the api. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly code: string,
    message: string,
    readonly path: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The api did not answer at all: the last data stays on the page and the request may be tried again. */
export const NETWORK = 'NETWORK';

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('INTERNAL', error instanceof Error ? error.message : 'Something went wrong.');
}

export function isNetworkError(error: unknown): boolean {
  return error instanceof ApiError && (error.code === NETWORK || error.code === 'UNAVAILABLE');
}

interface GraphQLErrorShape {
  message: string;
  extensions?: { code?: string };
}

export function fromGraphQLErrors(errors: readonly GraphQLErrorShape[]): ApiError {
  const coded = errors.find((error) => error.extensions?.code === 'UNAUTHENTICATED') ?? errors[0];
  return new ApiError(coded?.extensions?.code ?? 'INTERNAL', coded?.message ?? 'The api answered with an error.');
}

/** RFC 9457 problem+json, as the /auth endpoints answer; its `errors` name the field. Anything else is told by its status. */
export function fromProblem(status: number, body: unknown): ApiError {
  const problem = record(body);
  const [first] = Array.isArray(problem['errors']) ? problem['errors'] : [];
  const named = record(first);
  const fallback = status === 429 ? 'RATE_LIMITED' : status >= 502 && status <= 504 ? 'UNAVAILABLE' : 'INTERNAL';
  return new ApiError(
    text(problem, 'code') ?? fallback,
    text(named, 'message') ?? text(problem, 'detail') ?? text(problem, 'title') ?? `The api answered with status ${status}.`,
    Array.isArray(named['path']) ? named['path'].map(String) : [],
  );
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(of: Record<string, unknown>, key: string): string | undefined {
  const value = of[key];
  return typeof value === 'string' ? value : undefined;
}
