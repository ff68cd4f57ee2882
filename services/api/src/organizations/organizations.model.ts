import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { z } from 'zod';
import { connectionOf } from '../graphql/connection.js';
import { idempotencyKeySchema, nameSchema } from '../graphql/input.js';
import { Node } from '../graphql/node.model.js';
import { Permission } from '../graphql/permission.model.js';
import { UserError } from '../graphql/user-error.model.js';

@ObjectType({ implements: () => [Node] })
export class Person extends Node {
  @Field(() => String) email!: string;
  @Field(() => String) name!: string;
  @Field(() => Date) createdAt!: Date;
}

@ObjectType({ implements: () => [Node] })
export class Organization extends Node {
  @Field(() => String) name!: string;
  @Field(() => String) slug!: string;
  @Field(() => Date) createdAt!: Date;
}

@ObjectType()
export class OrganizationPermissions {
  @Field(() => Permission) createProject!: Permission;
  @Field(() => Permission) createApiKey!: Permission;
  @Field(() => Permission) createExport!: Permission;
}

@ObjectType({ implements: () => [Node] })
export class Project extends Node {
  organizationId!: string;
  @Field(() => String) name!: string;
  @Field(() => Date) createdAt!: Date;
}

@ObjectType()
export class ProjectPermissions {
  @Field(() => Permission) createDeployment!: Permission;
}

@ObjectType()
export class ProjectConnection extends connectionOf(Project, 'Project') {}

@InputType()
export class CreateProjectInput {
  @Field(() => ID, { nullable: true }) organizationId?: string | null;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
}
export const createProjectSchema = z.object({
  organizationId: z.string().nullish(),
  name: nameSchema,
  idempotencyKey: idempotencyKeySchema,
});

@ObjectType()
export class CreateProjectPayload {
  @Field(() => Project, { nullable: true }) project?: Project | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
