import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import type { Viewer } from '../viewer/viewer.js';
import { Cell, CreateCellInput, CreateCellPayload, UpdateCellInput, UpdateCellPayload } from './cells.model.js';
import { CellsService } from './cells.service.js';

@Resolver(() => Cell)
export class CellsResolver {
  constructor(private readonly service: CellsService) {}

  @Query(() => [Cell], { description: 'For operators.' })
  cells(@CurrentViewer() viewer: Viewer): Promise<Cell[]> {
    return this.service.list(viewer);
  }

  @Mutation(() => CreateCellPayload, { description: 'For operators. A machine that names the cell when it joins is taken into it.' })
  createCell(@CurrentViewer() viewer: Viewer, @Args('input') input: CreateCellInput): Promise<CreateCellPayload> {
    return asPayload(() => this.service.create(viewer, input));
  }

  @Mutation(() => UpdateCellPayload, { description: 'For operators.' })
  updateCell(@CurrentViewer() viewer: Viewer, @Args('input') input: UpdateCellInput): Promise<UpdateCellPayload> {
    return asPayload(() => this.service.update(viewer, input));
  }
}
