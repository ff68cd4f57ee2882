import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Deployment } from '../deployments/deployments.model.js';
import { PageArgs, pageOf, ShortPageArgs } from '../graphql/connection.js';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import type { Viewer } from '../viewer/viewer.js';
import { DismissNoticeInput, DismissNoticePayload, NoticeConnection } from './notices.model.js';
import { NoticesService } from './notices.service.js';

@Resolver()
export class NoticesResolver {
  constructor(private readonly service: NoticesService) {}

  @Query(() => NoticeConnection, { description: 'Those that nobody has dismissed.' })
  notices(
    @CurrentViewer() viewer: Viewer,
    @Args('organizationId', { type: () => ID, nullable: true }) organizationId: string | null,
    @Args() args: PageArgs,
  ): Promise<NoticeConnection> {
    return this.service.search(viewer, organizationId, pageOf('notice', args));
  }

  @Mutation(() => DismissNoticePayload, { description: 'Hides it. What it tells of happens all the same.' })
  dismissNotice(@CurrentViewer() viewer: Viewer, @Args('input') input: DismissNoticeInput): Promise<DismissNoticePayload> {
    return asPayload(() => this.service.dismiss(viewer, input.id));
  }
}

@Resolver(() => Deployment)
export class DeploymentNoticesResolver {
  constructor(private readonly service: NoticesService) {}

  @ResolveField(() => NoticeConnection)
  notices(@Parent() deployment: Deployment, @Args() args: ShortPageArgs): Promise<NoticeConnection> {
    return this.service.list(deployment.organizationId, deployment.id, pageOf('notice', args));
  }
}
