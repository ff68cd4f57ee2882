import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { type AwsFacts, awsFactsSchema, CELL_KINDS, type CellKind } from '@rookery/contracts/cells';
import { z } from 'zod';
import { UserError } from '../graphql/user-error.model.js';

const CellKindEnum = { MACHINE: 'machine', DOCKER: 'docker', AWS: 'aws' } as const satisfies Record<Uppercase<CellKind>, CellKind>;
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

@ObjectType('AwsSubnet')
@InputType('AwsSubnetInput')
class AwsSubnet {
  @Field(() => ID) id!: string;
  @Field(() => String) availabilityZone!: string;
}

@ObjectType('AwsInstanceType')
@InputType('AwsInstanceTypeInput')
class AwsInstanceType {
  @Field(() => ID) planId!: string;
  @Field(() => String) instanceType!: string;
}

@ObjectType({ description: 'Where the machines of a cell of kind AWS are made. Each deployment there has one of its own.' })
class AwsCell implements AwsFacts {
  @Field(() => String) region!: string;
  @Field(() => ID) vpcId!: string;
  @Field(() => [AwsSubnet]) subnets!: AwsSubnet[];
  @Field(() => ID) imageId!: string;
  @Field(() => String) instanceType!: string;
  @Field(() => [AwsInstanceType], { description: 'Of plans that need another.' }) instanceTypes!: AwsInstanceType[];
  @Field(() => Int) dataGib!: number;
  @Field(() => Boolean) finalSnapshot!: boolean;
  @Field(() => String, { nullable: true }) kmsKeyArn!: string | null;
  @Field(() => Int) secretRecoveryDays!: number;
  @Field(() => String) controlPlaneUrl!: string;
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
  @Field(() => AwsCell, { nullable: true, description: 'Of kind AWS only.' }) aws!: AwsFacts | null;
}

@InputType()
class AwsCellInput {
  @Field(() => String, { description: 'Like eu-central-1.' }) region!: string;
  @Field(() => ID) vpcId!: string;
  @Field(() => [AwsSubnet], { description: 'Public ones: machines have an address of their own.' }) subnets!: AwsSubnet[];
  @Field(() => ID, {
    description: 'Image with agent, edge and runtime. A changed one replaces a machine at its next change, not its data.',
  })
  imageId!: string;
  @Field(() => String, { nullable: true, description: 'Default: t4g.medium.' }) instanceType?: string | null;
  @Field(() => [AwsInstanceType], { nullable: true, description: 'Of plans that need another.' }) instanceTypes?: AwsInstanceType[] | null;
  @Field(() => Int, { nullable: true, description: 'Size of data volumes at least. Default: 50.' }) dataGib?: number | null;
  @Field(() => Boolean, { nullable: true, description: 'Keep a snapshot of the data of a deleted deployment. Default: true.' })
  finalSnapshot?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Key of volumes and secrets. Default: the account’s own.' })
  kmsKeyArn?: string | null;
  @Field(() => Int, { nullable: true, description: 'Days a deleted secret can be brought back, or 0. Default: 7.' })
  secretRecoveryDays?: number | null;
  @Field(() => String, { description: 'Address at which machines join, https://….' }) controlPlaneUrl!: string;
}
/** What was not said takes its default. */
const awsInput = z.preprocess(
  (given) =>
    typeof given === 'object' && given !== null ? Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) : given,
  awsFactsSchema,
);

@InputType()
export class CreateCellInput {
  @Field(() => ID) regionId!: string;
  @Field(() => String) name!: string;
  @Field(() => CellKindEnum) kind!: CellKind;
  @Field(() => Int, { nullable: true }) weight?: number | null;
  @Field(() => AwsCellInput, { nullable: true, description: 'Needed for kind AWS.' }) aws?: AwsCellInput | null;
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
export const createCellSchema = z
  .object({
    regionId: placeName,
    name: placeName,
    kind: z.enum(CELL_KINDS),
    weight: weightSchema.nullish(),
    aws: awsInput.nullish(),
  })
  .refine(({ kind, aws }) => (kind === 'aws') === (aws !== null && aws !== undefined), {
    path: ['aws'],
    message: 'must be given for a cell of kind AWS, and for no other',
  });

@InputType()
export class UpdateCellInput {
  @Field(() => ID) id!: string;
  @Field(() => Int, { nullable: true }) weight?: number | null;
  @Field(() => Boolean, { nullable: true }) full?: boolean | null;
  @Field(() => AwsCellInput, { nullable: true, description: 'Replaces all of it. Machines take it up at their next change.' })
  aws?: AwsCellInput | null;
}
export const updateCellSchema = z.object({
  id: z.string(),
  weight: weightSchema.nullish(),
  full: z.boolean().nullish(),
  aws: awsInput.nullish(),
});

@ObjectType({ isAbstract: true })
class CellPayload {
  @Field(() => Cell, { nullable: true }) cell?: Cell | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
@ObjectType()
export class CreateCellPayload extends CellPayload {}
@ObjectType()
export class UpdateCellPayload extends CellPayload {}
