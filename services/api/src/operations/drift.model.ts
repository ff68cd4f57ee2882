import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { DRIFT_KINDS, type DriftKind } from '@rookery/contracts/drift';
import { enumOf } from '../graphql/enum-of.js';

const DriftKindEnum = enumOf(DRIFT_KINDS);
registerEnumType(DriftKindEnum, { name: 'DriftKind' });

@ObjectType({ description: 'How what is there differs from what was made.' })
export class Drift {
  @Field(() => DriftKindEnum) kind!: DriftKind;
  @Field(() => [String], { description: 'Which attributes differ.' }) attributes!: string[];
  @Field(() => Date) foundAt!: Date;
}

@ObjectType({ description: 'A container with our labels that belongs to no deployment. For operators.' })
export class Orphan {
  @Field(() => ID, { description: 'As its engine names it.' }) id!: string;
  @Field(() => String, { description: 'As its label says.' }) deploymentId!: string;
  @Field(() => String) reason!: string;
  @Field(() => Boolean, { description: 'It was provably of this installation. What is not stays where it is.' }) removed!: boolean;
  @Field(() => Date) foundAt!: Date;
}
