import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { PageArgs, pageOf } from '../graphql/connection.js';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import type { Viewer } from '../viewer/viewer.js';
import { CreateExportInput, CreateExportPayload, Export, ExportConnection } from './exports.model.js';
import { ExportsService } from './exports.service.js';

@Resolver()
export class ExportsResolver {
  constructor(private readonly service: ExportsService) {}

  @Query(() => ExportConnection, { description: 'Newest first.' })
  exports(
    @CurrentViewer() viewer: Viewer,
    @Args('organizationId', { type: () => ID, nullable: true }) organizationId: string | null,
    @Args() args: PageArgs,
  ): Promise<ExportConnection> {
    return this.service.list(viewer, organizationId, pageOf('export', args));
  }

  @Query(() => Export, { nullable: true })
  export(@CurrentViewer() viewer: Viewer, @Args('id', { type: () => ID }) id: string): Promise<Export | null> {
    return this.service.find(viewer, id);
  }

  @Mutation(() => CreateExportPayload, { description: 'Asks for a file. It is made in the background: look at its state.' })
  createExport(@CurrentViewer() viewer: Viewer, @Args('input') input: CreateExportInput): Promise<CreateExportPayload> {
    return asPayload(() => this.service.create(viewer, input));
  }
}
