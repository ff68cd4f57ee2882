/** How GraphQL is served: over HTTP by Apollo, subscriptions over graphql-ws on the same path. */
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { ApolloDriver } from '@nestjs/apollo';
import { Inject, Injectable } from '@nestjs/common';
import type { GqlOptionsFactory } from '@nestjs/graphql';
import type { Request } from 'express';
import { RateLimits } from '../auth/rate-limits.js';
import { HealthService } from '../server/health.service.js';
import { LOGGER, type Logger } from '../tokens.js';
import { formatError } from './format-error.js';
import { costPlugin, shapePlugins, shapeRules, timingPlugin } from './query-limits.js';
import { RequestContext } from './request-context.js';
import { SchemaHolder } from './schema-holder.js';
import { SubscriptionDoor } from './subscription-door.js';

@Injectable()
export class GraphqlOptions implements GqlOptionsFactory<ApolloDriverConfig> {
  constructor(
    @Inject(LOGGER) private readonly log: Logger,
    private readonly contexts: RequestContext,
    private readonly holder: SchemaHolder,
    private readonly door: SubscriptionDoor,
    private readonly limits: RateLimits,
    private readonly health: HealthService,
  ) {}

  createGqlOptions(): ApolloDriverConfig {
    return {
      driver: ApolloDriver,
      autoSchemaFile: true,
      sortSchema: true,
      graphiql: false,
      introspection: true,
      includeStacktraceInErrorResponses: false,
      stopOnTerminationSignals: false,
      validationRules: shapeRules,
      plugins: [...shapePlugins, costPlugin(this.limits), timingPlugin(this.health.requestSeconds)],
      formatError: (formatted, error) => formatError(formatted, error, this.log),
      transformSchema: (built) => this.holder.keep(built),
      context: ({ req }: { req: Request }) =>
        this.contexts.of({ authorization: req.headers.authorization, personId: req.session?.personId }),
      subscriptions: { 'graphql-ws': this.door.options() },
    };
  }
}
