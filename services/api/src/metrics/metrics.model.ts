import { Field, Float, Int, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'Rates are per second over the sample; null where nothing was heard (a gap is drawn as a gap).' })
export class MetricPoint {
  @Field(() => Date) at!: Date;
  @Field(() => Int, { nullable: true }) clients!: number | null;
  @Field(() => Int, { nullable: true }) sessions!: number | null;
  @Field(() => Int, { nullable: true }) subscriptions!: number | null;
  @Field(() => Int, { nullable: true }) retained!: number | null;
  @Field(() => Float, { nullable: true }) messagesIn!: number | null;
  @Field(() => Float, { nullable: true }) messagesOut!: number | null;
  @Field(() => Float, { nullable: true }) bytesIn!: number | null;
  @Field(() => Float, { nullable: true }) bytesOut!: number | null;
  @Field(() => Float, { nullable: true }) messagesDropped!: number | null;
  @Field(() => Float, { nullable: true }) connectsRefused!: number | null;
  @Field(() => Float, { nullable: true }) memoryBytes!: number | null;
  @Field(() => Float, { nullable: true }) storeBytes!: number | null;
}

@ObjectType({ description: 'How often a limit was met: something was refused, held back or dropped because of it.' })
export class LimitHits {
  @Field(() => String, { description: 'Name of the quota, like `clientsMax`.' }) limit!: string;
  @Field(() => Float) hits!: number;
}

@ObjectType()
export class MetricSeries {
  @Field(() => Int) stepSeconds!: number;
  @Field(() => [MetricPoint]) points!: MetricPoint[];
}
