import { Field, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'Whether the viewer may do a thing now, and if not, why.' })
export class Permission {
  @Field(() => Boolean) allowed!: boolean;
  @Field(() => String, { nullable: true }) reason!: string | null;
}

export const allowed: Permission = { allowed: true, reason: null };
