/** What the mutations of deployments take: the GraphQL shape, and the rules of its values beside it. */
import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { DURABILITIES, type Durability } from '@rookery/contracts/phases';
import { quotasSchema, sleepAfterSecondsSchema } from '@rookery/contracts/plans';
import { z } from 'zod';
import { idempotencyKeySchema, nameSchema } from '../graphql/input.js';
import { QuotasInput } from '../plans/plans.model.js';
import { DurabilityEnum } from './deployments.model.js';

const expiresAtSchema = z.date().refine((date) => date.getTime() > Date.now(), 'must be in the future');

@InputType()
export class CreateDeploymentInput {
  @Field(() => ID, { nullable: true }) projectId?: string | null;
  @Field(() => String) name!: string;
  @Field(() => ID, { nullable: true }) planId?: string | null;
  @Field(() => ID, { nullable: true }) region?: string | null;
  @Field(() => DurabilityEnum, { nullable: true }) durability?: Durability | null;
  @Field(() => Boolean, { nullable: true }) deletionProtection?: boolean | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds without a connection after which it sleeps; null: never; left out: as its plan says.',
  })
  sleepAfterSeconds?: number | null;
  @Field(() => Date, { nullable: true, description: 'When it is deleted by itself, unless it is protected; null: never.' })
  expiresAt?: Date | null;
  @Field(() => Boolean, { nullable: true, description: 'Follow the newest version of its machine by itself; left out: as its plan says.' })
  autoUpgrade?: boolean | null;
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
}
export const createDeploymentSchema = z.object({
  projectId: z.string().nullish(),
  name: nameSchema,
  planId: z.string().nullish(),
  region: z.string().nullish(),
  durability: z.enum(DURABILITIES).nullish(),
  deletionProtection: z.boolean().nullish(),
  sleepAfterSeconds: sleepAfterSecondsSchema.nullish(),
  expiresAt: expiresAtSchema.nullish(),
  autoUpgrade: z.boolean().nullish(),
  idempotencyKey: idempotencyKeySchema,
});

@InputType()
export class UpdateDeploymentInput {
  @Field(() => ID) id!: string;
  @Field(() => Int, { nullable: true }) expectedVersion?: number | null;
  @Field(() => String, { nullable: true }) name?: string | null;
  @Field(() => Boolean, { nullable: true }) deletionProtection?: boolean | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds without a connection after which it sleeps; null: never; left out: as it was.',
  })
  sleepAfterSeconds?: number | null;
  @Field(() => Date, { nullable: true, description: 'When it is deleted by itself, unless it is protected; null: never.' })
  expiresAt?: Date | null;
  @Field(() => Boolean, { nullable: true, description: 'Follow the newest version of its machine by itself; left out: as it was.' })
  autoUpgrade?: boolean | null;
}
export const updateDeploymentSchema = z.object({
  id: z.string(),
  expectedVersion: z.number().nullish(),
  name: nameSchema.nullish(),
  deletionProtection: z.boolean().nullish(),
  sleepAfterSeconds: sleepAfterSecondsSchema.nullish(),
  expiresAt: expiresAtSchema.nullish(),
  autoUpgrade: z.boolean().nullish(),
});

@InputType({ isAbstract: true })
class DeploymentWishInput {
  @Field(() => ID) id!: string;
  @Field(() => Int, { nullable: true }) expectedVersion?: number | null;
}
@InputType()
export class StopDeploymentInput extends DeploymentWishInput {}
@InputType()
export class StartDeploymentInput extends DeploymentWishInput {}
@InputType()
export class DeleteDeploymentInput extends DeploymentWishInput {}
@InputType()
export class RepairDeploymentInput extends DeploymentWishInput {}

@InputType()
export class UpgradeDeploymentInput extends DeploymentWishInput {}

@InputType()
export class ResizeDeploymentInput extends DeploymentWishInput {
  @Field(() => ID) planId!: string;
}

@InputType()
export class SetDeploymentQuotasInput {
  @Field(() => ID) deploymentId!: string;
  @Field(() => QuotasInput) quotas!: QuotasInput;
}
export const quotasInputSchema = quotasSchema.partial();
