import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import type { Viewer } from '../viewer/viewer.js';
import {
  CreateJoinTokenInput,
  CreateJoinTokenPayload,
  JoinToken,
  RevokeJoinTokenInput,
  RevokeJoinTokenPayload,
} from './join-tokens.model.js';
import { JoinTokensService } from './join-tokens.service.js';

@Resolver(() => JoinToken)
export class JoinTokensResolver {
  constructor(private readonly service: JoinTokensService) {}

  @Query(() => [JoinToken], { description: 'Those that may still be used. For operators.' })
  joinTokens(@CurrentViewer() viewer: Viewer): Promise<JoinToken[]> {
    return this.service.list(viewer);
  }

  @Mutation(() => CreateJoinTokenPayload, { description: 'For operators. The token lets one machine into the cell, once.' })
  createJoinToken(@CurrentViewer() viewer: Viewer, @Args('input') input: CreateJoinTokenInput): Promise<CreateJoinTokenPayload> {
    return asPayload(() => this.service.create(viewer, input));
  }

  @Mutation(() => RevokeJoinTokenPayload, { description: 'For operators.' })
  revokeJoinToken(@CurrentViewer() viewer: Viewer, @Args('input') input: RevokeJoinTokenInput): Promise<RevokeJoinTokenPayload> {
    return asPayload(() => this.service.revoke(viewer, input.id));
  }
}
