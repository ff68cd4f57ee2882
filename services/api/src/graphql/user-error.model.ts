import { Field, ObjectType } from '@nestjs/graphql';
import { JsonScalar } from './json.scalar.js';

@ObjectType({ description: 'An error in the input or the state of things; the request itself was understood.' })
export class UserError {
  @Field(() => String) code!: string;
  @Field(() => String) message!: string;
  @Field(() => [String]) path!: string[];
  @Field(() => JsonScalar, { nullable: true }) details?: Record<string, unknown> | null;
}
