import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { PageArgs, pageOf } from '../graphql/connection.js';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import type { Viewer } from '../viewer/viewer.js';
import { ApiKeyConnection, CreateApiKeyInput, CreateApiKeyPayload, DeleteApiKeyInput, DeleteApiKeyPayload } from './api-keys.model.js';
import { ApiKeysService } from './api-keys.service.js';

@Resolver()
export class ApiKeysResolver {
  constructor(private readonly service: ApiKeysService) {}

  @Query(() => ApiKeyConnection)
  apiKeys(
    @CurrentViewer() viewer: Viewer,
    @Args('organizationId', { type: () => ID, nullable: true }) organizationId: string | null,
    @Args() args: PageArgs,
  ): Promise<ApiKeyConnection> {
    return this.service.list(viewer, organizationId, pageOf('apiKey', args));
  }

  @Mutation(() => CreateApiKeyPayload)
  createApiKey(@CurrentViewer() viewer: Viewer, @Args('input') input: CreateApiKeyInput): Promise<CreateApiKeyPayload> {
    return asPayload(() => this.service.create(viewer, input));
  }

  @Mutation(() => DeleteApiKeyPayload)
  deleteApiKey(@CurrentViewer() viewer: Viewer, @Args('input') input: DeleteApiKeyInput): Promise<DeleteApiKeyPayload> {
    return asPayload(() => this.service.delete(viewer, input.id));
  }
}
