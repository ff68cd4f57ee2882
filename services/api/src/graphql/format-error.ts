/** Top-level errors: auth, limits, requests that cannot be understood, and our own faults (whose details stay here). */
import { randomUUID } from 'node:crypto';
import { ERROR_CODES, type ErrorCode } from '@rookery/contracts/error-codes';
import { isDatabaseAway } from '@rookery/db/errors';
import { AppError } from '@rookery/service-kit/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '../tokens.js';
import { InputErrors } from './input.js';

const CODE_OF_APOLLO: Record<string, ErrorCode> = {
  GRAPHQL_PARSE_FAILED: 'BAD_REQUEST',
  GRAPHQL_VALIDATION_FAILED: 'BAD_REQUEST',
  BAD_USER_INPUT: 'BAD_REQUEST',
  BAD_REQUEST: 'BAD_REQUEST',
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_REQUEST',
};

export function formatError(formatted: GraphQLFormattedError, thrown: unknown, log: Logger): GraphQLFormattedError {
  const original = thrown instanceof GraphQLError ? (thrown.originalError ?? thrown) : thrown;
  const place = { ...(formatted.locations ? { locations: formatted.locations } : {}), ...(formatted.path ? { path: formatted.path } : {}) };
  const error = original instanceof InputErrors ? original.errors[0]! : isDatabaseAway(original) ? new AppError('UNAVAILABLE') : original;
  if (error instanceof AppError) {
    const input = error.path.length > 0 ? { input: error.path } : {};
    return { message: error.publicMessage, ...place, extensions: { code: error.code, ...error.details, ...input } };
  }
  const tooComplex = /limit of \d+ exceeded|Syntax Error: Token limit/i.test(formatted.message);
  const code = tooComplex ? 'QUERY_TOO_COMPLEX' : CODE_OF_APOLLO[formatted.extensions?.['code'] as string];
  if (code) return { message: formatted.message, ...place, extensions: { code } };
  const requestId = randomUUID();
  log.error({ err: original, requestId, path: formatted.path }, 'a resolver failed');
  return { message: ERROR_CODES.INTERNAL.title, ...place, extensions: { code: 'INTERNAL', requestId } };
}
