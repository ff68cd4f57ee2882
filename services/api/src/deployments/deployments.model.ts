import { Field, Float, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { DEPLOYMENT_PHASES, type DeploymentPhase, type Durability, type WakeCause } from '@rookery/contracts/phases';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import { connectionOf } from '../graphql/connection.js';
import { enumOf } from '../graphql/enum-of.js';
import { Node } from '../graphql/node.model.js';
import { Permission } from '../graphql/permission.model.js';
import { UserError } from '../graphql/user-error.model.js';
import { Operation } from '../operations/operations.model.js';
import { Plan, Quotas } from '../plans/plans.model.js';

const DeploymentPhaseEnum = enumOf(DEPLOYMENT_PHASES);
registerEnumType(DeploymentPhaseEnum, { name: 'DeploymentPhase' });
export const DurabilityEnum = { DURABLE: 'durable', RELAXED: 'relaxed', MEMORY: 'memory' } as const;
registerEnumType(DurabilityEnum, { name: 'Durability' });

const WakeCauseEnum = { CLIENT: 'client', DUE: 'due' } as const;
registerEnumType(WakeCauseEnum, { name: 'WakeCause' });

@ObjectType({ description: 'How a deployment woke.' })
export class Wake {
  @Field(() => Date) at!: Date;
  @Field(() => WakeCauseEnum) cause!: WakeCause;
  @Field(() => Int, { description: 'Milliseconds from the request to the open door.' }) milliseconds!: number;
}

@ObjectType({ implements: () => [Node] })
export class Deployment extends Node {
  /** The row behind it; fields below read it, resolvers of other features too. */
  row!: DeploymentState;
  organizationId!: string;
  @Field(() => String) name!: string;
  @Field(() => String) slug!: string;
  @Field(() => DeploymentPhaseEnum) phase!: DeploymentPhase;
  @Field(() => String, { nullable: true, description: 'Words for people where the phase alone does not say it, like why it failed.' })
  phaseReason!: string | null;
  @Field(() => DurabilityEnum) durability!: Durability;
  @Field(() => Quotas) quotas!: Quotas;
  @Field(() => Int, { description: 'Grows with every change; send it back as `expectedVersion`.' }) version!: number;
  @Field(() => Int) policyRevision!: number;
  @Field(() => Int) appliedRevision!: number;
  @Field(() => Boolean) deletionProtection!: boolean;
  @Field(() => Date, { nullable: true, description: 'When it is deleted by itself, unless it is protected.' }) expiresAt!: Date | null;
  @Field(() => String, { nullable: true }) isolation!: string | null;
  @Field(() => String, { nullable: true, description: 'What runs, or will at the next start: release and build, like 0.1.0+3f2a9c01b7de.' })
  brokerVersion!: string | null;
  @Field(() => String, { nullable: true, description: 'The newest that its machine has: what `upgradeDeployment` would start.' })
  availableBrokerVersion!: string | null;
  @Field(() => Boolean, { description: 'It follows the newest version of its machine by itself.' }) autoUpgrade!: boolean;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date) updatedAt!: Date;
  @Field(() => Date, { nullable: true, description: 'Since when the runtime has been up.' }) startedAt!: Date | null;
  @Field(() => Int, { nullable: true, description: 'Seconds without a connection after which it sleeps; null: never.' })
  sleepAfterSeconds!: number | null;
  @Field(() => Date, { nullable: true, description: 'Null while it is awake.' }) asleepSince!: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it wakes by itself, for a will that is due; null: only a client wakes it.' })
  nextWakeAt!: Date | null;
  @Field(() => Int, { description: 'How often it has woken.' }) wakeCount!: number;
  @Field(() => Wake, { nullable: true }) lastWake!: Wake | null;
}

@ObjectType()
export class DeploymentConnection extends connectionOf(Deployment, 'Deployment') {}

@ObjectType()
export class ConnectionDetails {
  @Field(() => String) host!: string;
  @Field(() => Int, { nullable: true }) mqttsPort!: number | null;
  @Field(() => Int, { nullable: true }) mqttPort!: number | null;
  @Field(() => String, { nullable: true }) wssUrl!: string | null;
  @Field(() => String, { nullable: true }) wsUrl!: string | null;
}

@ObjectType()
export class DeploymentPermissions {
  @Field(() => Permission) update!: Permission;
  @Field(() => Permission) start!: Permission;
  @Field(() => Permission) stop!: Permission;
  @Field(() => Permission) delete!: Permission;
  @Field(() => Permission) repair!: Permission;
  @Field(() => Permission, { description: 'Whether the plan may be changed at all; to which: `planChoices`.' }) resize!: Permission;
  @Field(() => Permission) upgrade!: Permission;
  @Field(() => Permission) createCredential!: Permission;
  @Field(() => Permission) disconnectClient!: Permission;
  @Field(() => Permission) setQuotas!: Permission;
}

@ObjectType({ description: 'Something that exists and that a plan does not allow.' })
export class LimitOver {
  @Field(() => String, { description: 'Name of the quota, or memoryBytesMax.' }) quota!: string;
  @Field(() => Float) limit!: number;
  @Field(() => Float) used!: number;
}

@ObjectType({ description: 'A plan, and whether the deployment could change to it in place now.' })
export class PlanChoice {
  @Field(() => Plan) plan!: Plan;
  @Field(() => Boolean) current!: boolean;
  @Field(() => Boolean) allowed!: boolean;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field(() => [LimitOver]) over!: LimitOver[];
}

@InputType()
export class DeploymentFilter {
  @Field(() => String, { nullable: true }) search?: string | null;
  @Field(() => [DeploymentPhaseEnum], { nullable: true }) phases?: DeploymentPhase[] | null;
  @Field(() => String, { nullable: true }) region?: string | null;
}

@ObjectType({ isAbstract: true })
class DeploymentPayload {
  @Field(() => Deployment, { nullable: true }) deployment?: Deployment | null;
  @Field(() => Operation, { nullable: true }) operation?: Operation | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
@ObjectType()
export class CreateDeploymentPayload extends DeploymentPayload {}
@ObjectType()
export class UpdateDeploymentPayload extends DeploymentPayload {}
@ObjectType()
export class StopDeploymentPayload extends DeploymentPayload {}
@ObjectType()
export class StartDeploymentPayload extends DeploymentPayload {}
@ObjectType()
export class DeleteDeploymentPayload extends DeploymentPayload {}
@ObjectType()
export class RepairDeploymentPayload extends DeploymentPayload {}

@ObjectType()
export class UpgradeDeploymentPayload extends DeploymentPayload {}
@ObjectType()
export class ResizeDeploymentPayload extends DeploymentPayload {}

@ObjectType()
export class SetDeploymentQuotasPayload {
  @Field(() => Deployment, { nullable: true }) deployment?: Deployment | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}

export function toDeployment(row: DeploymentState): Deployment {
  const { lastWakeAt: at, lastWakeCause: cause, lastWakeMs: milliseconds } = row;
  const lastWake = at === null || cause === null || milliseconds === null ? null : { at, cause, milliseconds };
  return { ...row, lastWake, row };
}
