/** How GraphQL is served: over HTTP by Apollo, subscriptions over graphql-ws on the same path. */
import type { IncomingMessage } from 'node:http';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { ApolloDriver } from '@nestjs/apollo';
import { Inject, Injectable } from '@nestjs/common';
import type { GqlOptionsFactory } from '@nestjs/graphql';
import type { Database } from '@rookery/db/pool';
import { AppError } from '@rookery/service-kit/errors';
import type { Request, RequestHandler, Response } from 'express';
import { type ExecutionArgs, GraphQLError, getOperationAST, parse, specifiedRules, validate } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { RateLimits } from '../auth/rate-limits.js';
import { sessionMiddleware } from '../auth/sessions.js';
import { RequestOrigin } from '../server/request-origin.js';
import { CONFIG, type Config, DATABASE, LOGGER, type Logger } from '../tokens.js';
import { type Bearer, Viewers } from '../viewer/viewers.js';
import type { GraphqlContext } from './current-viewer.js';
import { formatError } from './format-error.js';
import { LoadersFactory } from './loaders.js';
import { costOf, costPlugin, shapePlugins, shapeRules } from './query-limits.js';
import { SchemaHolder } from './schema-holder.js';

/** What a socket's context holds beside its parameters: the request that opened it, and who was admitted. */
type Extra = { request: IncomingMessage; bearer?: Bearer };

@Injectable()
export class GraphqlOptions implements GqlOptionsFactory<ApolloDriverConfig> {
  private readonly sessions: RequestHandler;
  private readonly origin: RequestOrigin;

  constructor(
    @Inject(DATABASE) db: Database,
    @Inject(CONFIG) config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly viewers: Viewers,
    private readonly loaders: LoadersFactory,
    private readonly limits: RateLimits,
  ) {
    this.sessions = sessionMiddleware(db, config);
    this.origin = new RequestOrigin(config);
  }

  createGqlOptions(): ApolloDriverConfig {
    const schema = new SchemaHolder();
    return {
      driver: ApolloDriver,
      autoSchemaFile: true,
      sortSchema: true,
      graphiql: false,
      introspection: true,
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
      validationRules: shapeRules,
      plugins: [...shapePlugins, costPlugin(this.limits)],
      formatError: (formatted, error) => formatError(formatted, error, this.log),
      transformSchema: (built) => schema.keep(built),
      context: ({ req }: { req: Request }) => this.contextOf({ authorization: req.headers.authorization, personId: req.session?.personId }),
      subscriptions: { 'graphql-ws': this.sockets(schema) },
    };
  }

  private sockets(schema: SchemaHolder) {
    return {
      onConnect: (socket: Context) => this.admit(socket.extra as Extra, socket.connectionParams),
      onSubscribe: (socket: Context, _id: string, payload: SubscribePayload) => this.subscribe(schema, socket.extra as Extra, payload),
      onError: (_socket: Context, _id: string, _payload: unknown, errors: readonly GraphQLError[]) =>
        errors.map((error) => formatError(error.toJSON(), error, this.log)),
    };
  }

  private async contextOf(bearer: Bearer): Promise<GraphqlContext> {
    const reauthorise = () => this.viewers.of(bearer);
    return { viewer: await reauthorise(), loaders: this.loaders.make(), reauthorise };
  }

  /** A socket is opened by our own pages with their cookie, or with an API key in the connection's parameters. */
  private async admit(extra: Extra, parameters: Record<string, unknown> | undefined): Promise<boolean> {
    const { request } = extra;
    if (this.origin.refusalOf(request) !== null) return false;
    const given = parameters?.['authorization'] ?? request.headers.authorization;
    const authorization = typeof given === 'string' ? given : undefined;
    extra.bearer = { authorization, personId: await this.personOf(request) };
    return (await this.viewers.of(extra.bearer)) !== null;
  }

  private personOf(request: IncomingMessage): Promise<string | undefined> {
    const withSession = request as Request;
    return new Promise((done) => void this.sessions(withSession, {} as Response, () => done(withSession.session?.personId)));
  }

  /** Only subscriptions come over the socket: what else there is goes over HTTP, where it is counted. */
  private async subscribe(schema: SchemaHolder, extra: Extra, payload: SubscribePayload): Promise<ExecutionArgs | readonly GraphQLError[]> {
    try {
      const document = parse(payload.query, { maxTokens: 4_000 });
      const faults = validate(schema.schema, document, [...specifiedRules, ...shapeRules]);
      if (faults.length > 0) return faults;
      if (getOperationAST(document, payload.operationName)?.operation !== 'subscription') {
        throw new AppError('BAD_REQUEST', { message: 'Only subscriptions are served here; send queries and mutations over HTTP.' });
      }
      const variables = payload.variables ?? {};
      costOf(schema.schema, document, variables, payload.operationName);
      const contextValue = await this.contextOf(extra.bearer!);
      return { schema: schema.schema, document, variableValues: variables, operationName: payload.operationName ?? null, contextValue };
    } catch (error) {
      return [error instanceof GraphQLError ? error : new GraphQLError((error as Error).message, { originalError: error as Error })];
    }
  }
}
