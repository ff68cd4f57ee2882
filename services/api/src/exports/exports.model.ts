import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { EXPORT_KINDS, EXPORT_STATES, type ExportKind, type ExportState } from '@rookery/contracts/exports';
import { z } from 'zod';
import { connectionOf } from '../graphql/connection.js';
import { enumOf } from '../graphql/enum-of.js';
import { idempotencyKeySchema } from '../graphql/input.js';
import { Node } from '../graphql/node.model.js';
import { UserError } from '../graphql/user-error.model.js';

const ExportKindEnum = enumOf(EXPORT_KINDS);
const ExportStateEnum = enumOf(EXPORT_STATES);
registerEnumType(ExportKindEnum, { name: 'ExportKind' });
registerEnumType(ExportStateEnum, { name: 'ExportState' });

@ObjectType({ implements: () => [Node], description: 'A file of what happened in an organization: lines of JSON, gzipped.' })
export class Export extends Node {
  organizationId!: string;
  @Field(() => ExportKindEnum) kind!: ExportKind;
  @Field(() => Date) from!: Date;
  @Field(() => Date, { description: 'Not part of it.' }) to!: Date;
  @Field(() => ExportStateEnum) state!: ExportState;
  @Field(() => Int, { nullable: true, description: 'Lines of the file; while it is made, lines so far.' }) rows!: number | null;
  @Field(() => Float, { nullable: true, description: 'Size of the file, once it is ready.' }) bytes!: number | null;
  @Field(() => String, { nullable: true }) errorCode!: string | null;
  @Field(() => String, { nullable: true }) errorMessage!: string | null;
  @Field(() => String) requestedBy!: string;
  @Field(() => Date) createdAt!: Date;
  @Field(() => Date, { nullable: true }) finishedAt!: Date | null;
  @Field(() => Date, { nullable: true, description: 'Then the file is removed.' }) expiresAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'Where to GET it while it is READY, with the same session or API key.' })
  downloadUrl!: string | null;
}

@ObjectType()
export class ExportConnection extends connectionOf(Export, 'Export') {}

@InputType()
export class CreateExportInput {
  @Field(() => ID, { nullable: true }) organizationId?: string | null;
  @Field(() => ExportKindEnum) kind!: ExportKind;
  @Field(() => Date) from!: Date;
  @Field(() => Date, { description: 'Not part of it. What is in the future counts as now.' }) to!: Date;
  @Field(() => String, { nullable: true }) idempotencyKey?: string | null;
}

/** There was no Rookery before, and what is far from it fits no column. */
const time = z
  .date()
  .min(new Date('2000-01-01'), 'must not be before the year 2000')
  .max(new Date('9999-01-01'), 'must be before the year 9999');
export const createExportSchema = z.object({
  organizationId: z.string().nullish(),
  kind: z.enum(EXPORT_KINDS),
  from: time,
  to: time,
  idempotencyKey: idempotencyKeySchema,
});

@ObjectType()
export class CreateExportPayload {
  @Field(() => Export, { nullable: true }) export?: Export | null;
  @Field(() => [UserError]) userErrors!: UserError[];
}
