import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { NOTICE_KINDS, type NoticeKind } from '@rookery/contracts/notices';
import { connectionOf } from '../graphql/connection.js';
import { enumOf } from '../graphql/enum-of.js';
import { UserError } from '../graphql/user-error.model.js';

const NoticeKindEnum = enumOf(NOTICE_KINDS);
registerEnumType(NoticeKindEnum, { name: 'NoticeKind' });

@ObjectType({ description: 'Told before a deployment is stopped or deleted by itself.' })
export class Notice {
  organizationId!: string;
  @Field(() => ID) id!: string;
  @Field(() => ID) deploymentId!: string;
  @Field(() => String) deploymentName!: string;
  @Field(() => NoticeKindEnum) kind!: NoticeKind;
  @Field(() => Int, { description: 'How many days before the end it is told.' }) leadDays!: number;
  @Field(() => Date, { description: 'When it happens, unless something changes until then.' }) dueAt!: Date;
  @Field(() => Date) createdAt!: Date;
}

@ObjectType()
export class NoticeConnection extends connectionOf(Notice, 'Notice') {}

@InputType()
export class DismissNoticeInput {
  @Field(() => ID) id!: string;
}

@ObjectType()
export class DismissNoticePayload {
  @Field(() => ID, { nullable: true }) dismissedId?: string | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
