import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { DeploymentPhase, OperationVerb } from '@rookery/contracts/phases';

@ObjectType({ description: 'A deployment that failed, is tried again and again, or takes too long; of any organization. For operators.' })
export class TroubledDeployment {
  @Field(() => ID) organizationId!: string;
  @Field(() => String) organizationName!: string;
  @Field(() => ID) deploymentId!: string;
  @Field(() => String) deploymentName!: string;
  @Field(() => String) phase!: DeploymentPhase;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field(() => String, { nullable: true, description: 'What was asked for last.' }) verb!: OperationVerb | null;
  @Field(() => Int, { description: 'Tries that have failed since the last success; after ten it is given up.' }) attempts!: number;
  @Field(() => String, { nullable: true }) lastError!: string | null;
  @Field(() => Date, { nullable: true }) nextTryAt!: Date | null;
  @Field(() => Date) since!: Date;
}
