/** What an operator does with the places where deployments run. For anybody else there are none. */
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@rookery/db/pool';
import { AppError } from '@rookery/service-kit/errors';
import { newId, uuidOf } from '@rookery/service-kit/ids';
import { parseInput } from '../graphql/input.js';
import { regionName } from '../machines/region-name.js';
import { DATABASE, LOGGER, type Logger } from '../tokens.js';
import { requireOperator, type Viewer } from '../viewer/viewer.js';
import { type Cell, type CreateCellInput, createCellSchema, type UpdateCellInput, updateCellSchema } from './cells.model.js';
import { changeCell, insertCell, kindOf, listCells } from './cells.repository.js';

@Injectable()
export class CellsService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async list(viewer: Viewer): Promise<Cell[]> {
    requireOperator(viewer);
    return listCells(this.db);
  }

  /** For `npm run operator`, which comes in by the private listener. */
  listForCommand(): Promise<Cell[]> {
    return listCells(this.db);
  }

  /** Throws NAME_TAKEN. */
  async create(viewer: Viewer, given: CreateCellInput): Promise<{ cell: Cell }> {
    requireOperator(viewer);
    const input = parseInput(createCellSchema, given);
    const cell = { ...input, id: newId('cell'), weight: input.weight ?? undefined, aws: input.aws ?? null };
    if (!(await insertCell(this.db, cell, regionName(input.regionId)))) throw new AppError('NAME_TAKEN', { path: ['input', 'name'] });
    this.log.info({ actor: viewer.actor, cell }, 'a cell was registered');
    return this.answer(cell.id);
  }

  /** Throws NOT_FOUND. */
  async update(viewer: Viewer, given: UpdateCellInput): Promise<{ cell: Cell }> {
    requireOperator(viewer);
    const { id, weight, full, aws } = parseInput(updateCellSchema, given);
    const change = { weight: weight ?? undefined, full: full ?? undefined, aws: aws ?? undefined };
    const kind = uuidOf('cell', id) === null ? null : await kindOf(this.db, id);
    if (kind !== null && kind !== 'aws' && change.aws !== undefined)
      throw new AppError('INVALID_INPUT', {
        message: `a cell of kind ${kind.toUpperCase()} has no settings of AWS`,
        path: ['input', 'aws'],
      });
    const nothing = Object.values(change).every((value) => value === undefined);
    if (kind === null || !(nothing || (await changeCell(this.db, id, change)))) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
    this.log.info({ actor: viewer.actor, cellId: id, ...change }, 'a cell was changed');
    return this.answer(id);
  }

  private async answer(id: string): Promise<{ cell: Cell }> {
    const cell = (await listCells(this.db)).find((each) => each.id === id);
    if (cell === undefined) throw new AppError('NOT_FOUND', { path: ['input', 'id'] });
    return { cell };
  }
}
