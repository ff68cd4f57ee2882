/**
 * Bounds on what one request may ask: its shape (depth, aliases, directives, length) before anything else, then its
 * cost, from the lists it asks for. The cost is charged to the viewer and told in `extensions.cost`.
 */
import type { ApolloServerPlugin } from '@apollo/server';
// A CommonJS package: what it exports is its default.
// oxlint-disable-next-line import/default
import armor from '@escape.tech/graphql-armor';
import { AppError } from '@rookery/service-kit/errors';
import { type DocumentNode, GraphQLError, type GraphQLSchema, getNamedType, type ValidationRule } from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import type { Histogram } from 'prom-client';
import type { RateLimits } from '../auth/rate-limits.js';
import type { GraphqlContext } from './current-viewer.js';

const COST_MAX = 20_000;
const DEPTH_MAX = 14;
const ALIASES_MAX = 30;
const DIRECTIVES_MAX = 30;
export const TOKENS_MAX = 4_000;

const protection = new armor.ApolloArmor({
  costLimit: { enabled: false },
  blockFieldSuggestion: { enabled: false },
  maxDepth: { n: DEPTH_MAX, ignoreIntrospection: true },
  maxAliases: { n: ALIASES_MAX },
  maxDirectives: { n: DIRECTIVES_MAX },
  maxTokens: { n: TOKENS_MAX },
}).protect();

export const shapeRules = protection.validationRules as ValidationRule[];
export const shapePlugins = protection.plugins as ApolloServerPlugin[];

/** A connection costs its page times what each node costs; a question to a runtime costs a fixed sum. */
const estimator: ComplexityEstimator = ({ field, args, childComplexity }) => {
  const named = getNamedType(field.type).name;
  const own = named === 'ClientConnection' || named === 'Client' ? 10 : 1;
  return own + childComplexity * (named.endsWith('Connection') ? Number(args['first'] ?? 50) : 1);
};

export function costOf(
  schema: GraphQLSchema,
  query: DocumentNode,
  variables: Record<string, unknown>,
  operationName?: string | null,
): number {
  const cost = understood(() =>
    getComplexity({ schema, query, variables, estimators: [estimator], ...(operationName ? { operationName } : {}) }),
  );
  if (cost > COST_MAX) throw new AppError('QUERY_TOO_COMPLEX', { details: { cost, limit: COST_MAX } });
  return cost;
}

/** The estimate is the first to read the variables: what is wrong with them is the asker's fault, and said to her. */
function understood<T>(estimate: () => T): T {
  try {
    return estimate();
  } catch (error) {
    throw error instanceof GraphQLError ? new AppError('BAD_REQUEST', { message: error.message, cause: error }) : error;
  }
}

/** Notes how long each request took. */
export function timingPlugin(seconds: Histogram<'operation' | 'outcome'>): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: async () => {
      const began = performance.now();
      return {
        willSendResponse: async ({ operation, errors }) => {
          const labels = { operation: operation?.operation ?? 'none', outcome: errors?.length ? 'error' : 'ok' };
          seconds.observe(labels, (performance.now() - began) / 1_000);
        },
      };
    },
  };
}

export function costPlugin(limits: RateLimits): ApolloServerPlugin<GraphqlContext> {
  return {
    requestDidStart: async () => {
      let cost: { requested: number; remaining: number } | null = null;
      return {
        didResolveOperation: async ({ schema, document, request, contextValue }) => {
          const requested = costOf(schema, document, request.variables ?? {}, request.operationName);
          if (contextValue.viewer) cost = { requested, remaining: await limits.consume('queryCost', contextValue.viewer.actor, requested) };
        },
        willSendResponse: async ({ response }) => {
          if (cost && response.body.kind === 'single')
            response.body.singleResult.extensions = { ...response.body.singleResult.extensions, cost };
        },
      };
    },
  };
}
