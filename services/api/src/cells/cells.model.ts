import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { CellKind } from '@rookery/contracts/cells';
import { z } from 'zod';
import { UserError } from '../graphql/user-error.model.js';

const CellKindEnum = { MACHINE: 'machine', DOCKER: 'docker' } as const satisfies Record<Uppercase<CellKind>, CellKind>;
registerEnumType(CellKindEnum, { name: 'CellKind' });

const MachineStateEnum = { UP: 'UP', LOST: 'LOST', REVOKED: 'REVOKED' } as const;
type MachineState = keyof typeof MachineStateEnum;
registerEnumType(MachineStateEnum, {
  name: 'MachineState',
  description: 'LOST: it has stopped reporting; its brokers go on by themselves. REVOKED: an operator has shut it out.',
});

@ObjectType({ description: 'One machine of a cell, as an operator sees it.' })
export class Machine {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String) host!: string;
  @Field(() => String) isolation!: string;
  @Field(() => Date, { description: 'Last sign of life.' }) seenAt!: Date;
  @Field(() => Boolean, { description: 'It has stopped reporting; its brokers go on by themselves.' }) lost!: boolean;
  @Field(() => MachineStateEnum) state!: MachineState;
  @Field(() => Date, { nullable: true, description: 'Null: it comes in by the private listener, without one.' })
  certificateExpiresAt!: Date | null;
  @Field(() => Int) deployments!: number;
}

@ObjectType({ description: 'A place in a region where deployments run. For operators.' })
export class Cell {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => ID) regionId!: string;
  @Field(() => CellKindEnum) kind!: CellKind;
  @Field(() => Int, { description: 'Its share of new deployments against the other cells of the region.' }) weight!: number;
  @Field(() => Boolean, { description: 'Takes no new deployments; what is there stays.' }) full!: boolean;
  @Field(() => [Machine]) machines!: Machine[];
}

@InputType()
export class CreateCellInput {
  @Field(() => ID) regionId!: string;
  @Field(() => String) name!: string;
  @Field(() => CellKindEnum) kind!: CellKind;
  @Field(() => Int, { nullable: true }) weight?: number | null;
}
const placeName = z
  .string()
  .max(64, 'must have at most 64 characters')
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must consist of small letters, digits and hyphens');
const weightSchema = z
  .number()
  .int()
  .min(1, 'must be at least 1; a cell that shall take nothing is full')
  .max(10_000, 'must be at most 10000');
export const createCellSchema = z.object({
  regionId: placeName,
  name: placeName,
  kind: z.enum(['machine', 'docker']),
  weight: weightSchema.nullish(),
});

@InputType()
export class UpdateCellInput {
  @Field(() => ID) id!: string;
  @Field(() => Int, { nullable: true }) weight?: number | null;
  @Field(() => Boolean, { nullable: true }) full?: boolean | null;
}
export const updateCellSchema = z.object({ id: z.string(), weight: weightSchema.nullish(), full: z.boolean().nullish() });

@ObjectType({ isAbstract: true })
class CellPayload {
  @Field(() => Cell, { nullable: true }) cell?: Cell | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
@ObjectType()
export class CreateCellPayload extends CellPayload {}
@ObjectType()
export class UpdateCellPayload extends CellPayload {}
