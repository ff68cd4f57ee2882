/**
 * The graphql-ws side of the api. A socket is opened by our own pages with their cookie, or with an API key in the
 * connection's parameters; only subscriptions go through it, because what else there is must be counted.
 */
import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@rookery/db/pool';
import { AppError } from '@rookery/service-kit/errors';
import type { Request, RequestHandler, Response } from 'express';
import { type ExecutionArgs, GraphQLError, getOperationAST, parse, specifiedRules, validate } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { sessionMiddleware } from '../auth/sessions.js';
import { RequestOrigin } from '../server/request-origin.js';
import { CONFIG, type Config, DATABASE, LOGGER, type Logger } from '../tokens.js';
import type { Bearer } from '../viewer/viewers.js';
import { formatError } from './format-error.js';
import { costOf, shapeRules, TOKENS_MAX } from './query-limits.js';
import { RequestContext } from './request-context.js';
import { SchemaHolder } from './schema-holder.js';

/** What a socket's context holds beside its parameters: the request that opened it, and who was admitted. */
type Extra = { request: IncomingMessage; bearer?: Bearer };

@Injectable()
export class SubscriptionDoor {
  private readonly sessions: RequestHandler;
  private readonly origin: RequestOrigin;

  constructor(
    @Inject(DATABASE) db: Database,
    @Inject(CONFIG) config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly contexts: RequestContext,
    private readonly holder: SchemaHolder,
  ) {
    this.sessions = sessionMiddleware(db, config);
    this.origin = new RequestOrigin(config);
  }

  /** Options of the graphql-ws server. */
  options() {
    return {
      onConnect: (socket: Context) => this.admit(socket.extra as Extra, socket.connectionParams),
      onSubscribe: (socket: Context, _id: string, payload: SubscribePayload) => this.prepare(socket.extra as Extra, payload),
      onError: (_socket: Context, _id: string, _payload: unknown, errors: readonly GraphQLError[]) =>
        errors.map((error) => formatError(error.toJSON(), error, this.log)),
    };
  }

  private async admit(extra: Extra, parameters: Record<string, unknown> | undefined): Promise<boolean> {
    const { request } = extra;
    if (this.origin.refusalOf(request) !== null) return false;
    const given = parameters?.['authorization'] ?? request.headers.authorization;
    const authorization = typeof given === 'string' ? given : undefined;
    extra.bearer = { authorization, personId: await this.personOf(request) };
    return (await this.contexts.of(extra.bearer)).viewer !== null;
  }

  private personOf(request: IncomingMessage): Promise<string | undefined> {
    const withSession = request as Request;
    return new Promise((done) => void this.sessions(withSession, {} as Response, () => done(withSession.session?.personId)));
  }

  private async prepare(extra: Extra, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { schema } = this.holder;
    try {
      const document = parse(payload.query, { maxTokens: TOKENS_MAX });
      const faults = validate(schema, document, [...specifiedRules, ...shapeRules]);
      if (faults.length > 0) return faults;
      if (getOperationAST(document, payload.operationName)?.operation !== 'subscription') {
        throw new AppError('BAD_REQUEST', { message: 'Only subscriptions are served here; send queries and mutations over HTTP.' });
      }
      const variableValues = payload.variables ?? {};
      costOf(schema, document, variableValues, payload.operationName);
      const contextValue = await this.contexts.of(extra.bearer!);
      return { schema, document, variableValues, operationName: payload.operationName ?? null, contextValue };
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError((error as Error).message, { originalError: error as Error })];
    }
  }
}
