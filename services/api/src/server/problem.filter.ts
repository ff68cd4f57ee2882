/** REST answers errors as problem+json (RFC 9457). GraphQL formats its own. */
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { ERROR_CODES, type ErrorCode } from '@rookery/contracts/error-codes';
import { isDatabaseAway } from '@rookery/db/errors';
import { AppError } from '@rookery/service-kit/errors';
import type { Response } from 'express';
import { InputErrors } from '../graphql/input.js';
import { toUserError } from '../graphql/payload.js';
import type { Logger } from '../tokens.js';

const CODE_OF_STATUS: Record<number, ErrorCode> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    // Errors of resolvers belong to the GraphQL answer.
    if (host.getType<string>() === 'graphql') throw error;
    const response = host.switchToHttp().getResponse<Response>();
    if (response.headersSent) return;
    sendProblem(response, problemsOf(error, this.log));
  }
}

function problemsOf(error: unknown, log: Logger): readonly AppError[] {
  if (error instanceof InputErrors) return error.errors;
  if (error instanceof AppError) return [error];
  if (isDatabaseAway(error)) return [new AppError('UNAVAILABLE', { cause: error })];
  const status = error instanceof HttpException ? error.getStatus() : ((error as { status?: unknown } | null)?.status ?? 500);
  const code = CODE_OF_STATUS[status as number] ?? 'INTERNAL';
  if (code === 'INTERNAL') log.error({ err: error }, 'a request failed');
  return [new AppError(code, { cause: error })];
}

export function sendProblem(response: Response, errors: readonly AppError[]): void {
  const { code, details, publicMessage } = errors[0]!;
  const { title, remedy, status } = ERROR_CODES[code];
  if (typeof details['retryAfterSeconds'] === 'number') response.setHeader('retry-after', details['retryAfterSeconds']);
  const body = { type: 'about:blank', title, status, code, detail: publicMessage, remedy, errors: errors.map(toUserError) };
  response.status(status).type('application/problem+json').send(JSON.stringify(body));
}
