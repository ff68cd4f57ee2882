import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { UserError } from '../graphql/user-error.model.js';

@InputType()
export class RevokeMachineInput {
  @Field(() => ID) id!: string;
}
@ObjectType()
export class RevokeMachinePayload {
  @Field(() => ID, { nullable: true }) revokedId?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

@InputType()
export class RemoveMachineInput {
  @Field(() => ID) id!: string;
}
@ObjectType()
export class RemoveMachinePayload {
  @Field(() => ID, { nullable: true }) removedId?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
