import { Field, Float, ID, Int, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Plan as PlanRow, Quotas as QuotaNumbers } from '@rookery/contracts/plans';

export enum PlanTier {
  SELF_HOSTED = 'SELF_HOSTED',
  SERVERLESS = 'SERVERLESS',
  DEDICATED = 'DEDICATED',
}
registerEnumType(PlanTier, { name: 'PlanTier' });

@ObjectType()
export class Quotas implements QuotaNumbers {
  @Field(() => Int) clientsMax!: number;
  @Field(() => Int) sessionsMax!: number;
  @Field(() => Int) messagesPerSecondMax!: number;
  @Field(() => Int) clientPublishPerSecondMax!: number;
  @Field(() => Int) packetBytesMax!: number;
  @Field(() => Int) subscriptionsPerClientMax!: number;
  @Field(() => Int) topicLevelsMax!: number;
  @Field(() => Int) queueLengthMax!: number;
  @Field(() => Int) inflightMax!: number;
  @Field(() => Int) sessionExpirySecondsMax!: number;
  @Field(() => Int) credentialsMax!: number;
  @Field(() => Int) accessRulesMax!: number;
  @Field(() => Int) retainedMax!: number;
  @Field(() => Float) storeBytesMax!: number;
}

@InputType()
export class QuotasInput {
  @Field(() => Int, { nullable: true }) clientsMax?: number | null;
  @Field(() => Int, { nullable: true }) sessionsMax?: number | null;
  @Field(() => Int, { nullable: true }) messagesPerSecondMax?: number | null;
  @Field(() => Int, { nullable: true }) clientPublishPerSecondMax?: number | null;
  @Field(() => Int, { nullable: true }) packetBytesMax?: number | null;
  @Field(() => Int, { nullable: true }) subscriptionsPerClientMax?: number | null;
  @Field(() => Int, { nullable: true }) topicLevelsMax?: number | null;
  @Field(() => Int, { nullable: true }) queueLengthMax?: number | null;
  @Field(() => Int, { nullable: true }) inflightMax?: number | null;
  @Field(() => Int, { nullable: true }) sessionExpirySecondsMax?: number | null;
  @Field(() => Int, { nullable: true }) credentialsMax?: number | null;
  @Field(() => Int, { nullable: true }) accessRulesMax?: number | null;
  @Field(() => Int, { nullable: true }) retainedMax?: number | null;
  @Field(() => Float, { nullable: true }) storeBytesMax?: number | null;
}

@ObjectType()
export class Plan {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String) summary!: string;
  @Field(() => PlanTier) tier!: PlanTier;
  @Field(() => Quotas) quotas!: Quotas;
  @Field(() => Int) deploymentsMax!: number;
  @Field(() => Boolean) plainPort!: boolean;
  @Field(() => Boolean) anonymousAllowed!: boolean;
  @Field(() => Boolean) selectable!: boolean;
  @Field(() => Int, { nullable: true, description: 'What new deployments are set to; null: they never sleep.' })
  sleepAfterSeconds!: number | null;
  @Field(() => Boolean, { description: 'Whether new deployments follow the newest version of their machine.' }) autoUpgrade!: boolean;
  @Field(() => Int, { nullable: true, description: 'Days without a client and a message after which it is stopped; null: never.' })
  idleStopAfterDays!: number | null;
  @Field(() => Int, { nullable: true, description: 'Days after that stop until it is deleted; null: never.' })
  idleDeleteAfterDays!: number | null;
}

@ObjectType()
export class Region {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => Boolean) available!: boolean;
}

export function toPlan(row: PlanRow): Plan {
  return { ...row, tier: PlanTier[row.tier] };
}

/** A plan that the operator has removed since: its deployments keep their numbers. */
export function retiredPlan(id: string, quotas: QuotaNumbers): Plan {
  const summary = 'No longer offered';
  return {
    id,
    name: id,
    summary,
    tier: PlanTier.SELF_HOSTED,
    quotas,
    deploymentsMax: 0,
    plainPort: false,
    anonymousAllowed: false,
    selectable: false,
    sleepAfterSeconds: null,
    autoUpgrade: false,
    idleStopAfterDays: null,
    idleDeleteAfterDays: null,
  };
}
