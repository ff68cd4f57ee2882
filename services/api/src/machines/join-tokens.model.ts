import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { idSchema } from '@rookery/contracts/ids';
import { TOKEN_SECONDS_DEFAULT, TOKEN_SECONDS_MAX } from '@rookery/contracts/machine-door';
import { z } from 'zod';
import { idempotencyKeySchema } from '../graphql/input.js';
import { UserError } from '../graphql/user-error.model.js';

@ObjectType({ description: 'A permission to join that has not been used yet. For operators.' })
export class JoinToken {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: 'How the token begins.' }) prefix!: string;
  @Field(() => ID) regionId!: string;
  @Field(() => ID) cellId!: string;
  @Field(() => String, { description: 'Name of the cell.' }) cell!: string;
  @Field(() => ID, { nullable: true, description: 'Lets this known machine in again; null: a new machine.' }) machineId!: string | null;
  @Field(() => String) createdBy!: string;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date) expiresAt!: Date;
}

@InputType()
export class CreateJoinTokenInput {
  @Field(() => ID) regionId!: string;
  @Field(() => String, { description: 'Name of the cell.' }) cell!: string;
  @Field(() => ID, { nullable: true, description: 'Let this machine of the cell in again, instead of a new one.' })
  machineId?: string | null;
  @Field(() => Int, { nullable: true, defaultValue: TOKEN_SECONDS_DEFAULT }) expiresInSeconds?: number | null;
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
}
export const createJoinTokenSchema = z.object({
  regionId: z.string(),
  cell: z.string(),
  machineId: idSchema('machine').nullish(),
  expiresInSeconds: z
    .number()
    .int()
    .min(60, 'must be at least 60')
    .max(TOKEN_SECONDS_MAX, `must be at most ${TOKEN_SECONDS_MAX}, which is a week`)
    .nullish(),
  idempotencyKey: idempotencyKeySchema,
});

@ObjectType()
export class CreateJoinTokenPayload {
  @Field(() => JoinToken, { nullable: true }) joinToken?: JoinToken | null;
  @Field(() => String, { nullable: true, description: 'Shown once; for ten minutes to the same idempotency key.' }) token?: string | null;
  @Field(() => String, { nullable: true, description: 'What to run on the machine.' }) command?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@InputType()
export class RevokeJoinTokenInput {
  @Field(() => ID) id!: string;
}

@ObjectType()
export class RevokeJoinTokenPayload {
  @Field(() => ID, { nullable: true }) revokedId?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
