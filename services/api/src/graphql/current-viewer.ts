import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { Loaders } from './loaders.js';
import { requireViewer, type Viewer } from '../viewer/viewer.js';

/** What every resolver can reach. */
export interface GraphqlContext {
  viewer: Viewer | null;
  loaders: Loaders;
  /** The viewer as she is now; for what lasts longer than a request. */
  reauthorise: () => Promise<Viewer | null>;
}

/** The viewer of this request; UNAUTHENTICATED without one. */
export const CurrentViewer = createParamDecorator((_: unknown, context: ExecutionContext): Viewer => {
  return requireViewer(GqlExecutionContext.create(context).getContext<GraphqlContext>().viewer);
});
