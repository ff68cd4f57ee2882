import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { OPERATION_STATES, OPERATION_VERBS, type OperationState, type OperationVerb } from '@rookery/contracts/phases';
import type { operations } from '@rookery/db/schema/operations';
import { connectionOf } from '../graphql/connection.js';
import { enumOf } from '../graphql/enum-of.js';
import { Node } from '../graphql/node.model.js';

const OperationVerbEnum = enumOf(OPERATION_VERBS);
const OperationStateEnum = enumOf(OPERATION_STATES);
registerEnumType(OperationVerbEnum, { name: 'OperationVerb' });
registerEnumType(OperationStateEnum, { name: 'OperationState' });

@ObjectType()
export class OperationStep {
  @Field(() => String) name!: string;
  @Field(() => String) title!: string;
  @Field(() => OperationStateEnum) state!: OperationState;
  @Field(() => Date, { nullable: true }) startedAt!: Date | null;
  @Field(() => Date, { nullable: true }) finishedAt!: Date | null;
  @Field(() => String, { nullable: true }) message!: string | null;
}

@ObjectType({ implements: () => [Node] })
export class Operation extends Node {
  organizationId!: string;
  deploymentId!: string;
  @Field(() => OperationVerbEnum) verb!: OperationVerb;
  @Field(() => OperationStateEnum) state!: OperationState;
  @Field(() => Int) percent!: number;
  @Field(() => [OperationStep]) steps!: OperationStep[];
  @Field(() => String, { nullable: true }) errorCode!: string | null;
  @Field(() => String, { nullable: true }) errorMessage!: string | null;
  @Field(() => String) requestedBy!: string;
  @Field(() => String) deploymentName!: string;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true }) startedAt!: Date | null;
  @Field(() => Date, { nullable: true }) finishedAt!: Date | null;
}

@ObjectType()
export class OperationConnection extends connectionOf(Operation, 'Operation') {}

export function toOperation(row: typeof operations.$inferSelect): Operation {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  const steps = row.steps.map((step) => ({ ...step, startedAt: date(step.startedAt), finishedAt: date(step.finishedAt) }));
  return { ...row, steps };
}
