import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { z } from 'zod';
import { connectionOf } from '../graphql/connection.js';
import { idempotencyKeySchema } from '../graphql/input.js';
import { Node } from '../graphql/node.model.js';
import { Permission } from '../graphql/permission.model.js';
import { UserError } from '../graphql/user-error.model.js';

@ObjectType({ implements: () => [Node] })
export class Credential extends Node {
  deploymentId!: string;
  @Field(() => String) username!: string;
  @Field(() => String) description!: string;
  @Field(() => Date) createdAt!: Date;
}

@ObjectType()
export class CredentialPermissions {
  @Field(() => Permission) delete!: Permission;
}

@ObjectType()
export class CredentialConnection extends connectionOf(Credential, 'Credential') {}

@InputType()
export class CreateCredentialInput {
  @Field(() => ID) deploymentId!: string;
  @Field(() => String, { nullable: true }) username?: string | null;
  @Field(() => String, { nullable: true }) description?: string | null;
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
}
export const createCredentialSchema = z.object({
  deploymentId: z.string(),
  username: z
    .string()
    .min(1, 'must not be empty')
    .max(256, 'must have at most 256 characters')
    // A username may stand for a topic level in access rules, so it must be one.
    .refine((name) => !/[+#/\p{Cc}\p{Cs}]/u.test(name), 'must not hold +, #, / or control characters')
    .nullish(),
  description: z.string().trim().max(500, 'must have at most 500 characters').nullish(),
  idempotencyKey: idempotencyKeySchema,
});

@ObjectType()
export class CreateCredentialPayload {
  @Field(() => Credential, { nullable: true }) credential?: Credential | null;
  @Field(() => String, { nullable: true }) secret?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@InputType()
export class DeleteCredentialInput {
  @Field(() => ID) id!: string;
}

@ObjectType()
export class DeleteCredentialPayload {
  @Field(() => ID, { nullable: true }) deletedId?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
