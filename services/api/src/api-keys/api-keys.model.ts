import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { z } from 'zod';
import { connectionOf } from '../graphql/connection.js';
import { idempotencyKeySchema, nameSchema } from '../graphql/input.js';
import { Node } from '../graphql/node.model.js';
import { UserError } from '../graphql/user-error.model.js';

@ObjectType({ implements: () => [Node] })
export class ApiKey extends Node {
  @Field(() => String) name!: string;
  @Field(() => String) prefix!: string;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true }) lastUsedAt!: Date | null;
}

@ObjectType()
export class ApiKeyConnection extends connectionOf(ApiKey, 'ApiKey') {}

@InputType()
export class CreateApiKeyInput {
  @Field(() => ID, { nullable: true }) organizationId?: string | null;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
}
export const createApiKeySchema = z.object({
  organizationId: z.string().nullish(),
  name: nameSchema,
  idempotencyKey: idempotencyKeySchema,
});

@ObjectType()
export class CreateApiKeyPayload {
  @Field(() => ApiKey, { nullable: true }) apiKey?: ApiKey | null;
  @Field(() => String, { nullable: true }) secret?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@InputType()
export class DeleteApiKeyInput {
  @Field(() => ID) id!: string;
}

@ObjectType()
export class DeleteApiKeyPayload {
  @Field(() => ID, { nullable: true }) deletedId?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
