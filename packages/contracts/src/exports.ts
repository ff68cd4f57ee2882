/**
 * Exports: what an organization takes out as a file. The api writes down the wish, the worker makes the file, any api hands it
 * out. The lines of a file are a promise to whoever reads them: fields are added, never renamed.
 */
import { z } from 'zod';
import { idSchema } from './ids.js';
import { runtimeCountersSchema, runtimeGaugesSchema } from './reports.js';

export const EXPORT_KINDS = ['AUDIT_LOG', 'USAGE'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

export const EXPORT_STATES = ['QUEUED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED'] as const;
export type ExportState = (typeof EXPORT_STATES)[number];

/** A leap year. */
export const EXPORT_RANGE_DAYS_MAX = 366;
/** So many of one organization may be queued and running at once. */
export const EXPORTS_OPEN_MAX = 3;
/** Then the file is removed. */
export const EXPORT_KEPT_DAYS = 7;

const at = z.iso.datetime();

/** One line of an AUDIT_LOG: a write, by whom, and what changed. Never a secret. */
export const auditLineSchema = z.strictObject({
  type: z.literal('AUDIT'),
  /** Grows with every write; as text, for it may exceed what a double holds. */
  id: z.string().regex(/^\d+$/),
  at,
  organizationId: idSchema('organization'),
  /** Id of the person or API key, or what acted by itself. */
  actor: z.string(),
  context: z.enum(['console', 'api']),
  /** Name of the mutation. */
  action: z.string(),
  /** Id of what was changed. */
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
export type AuditLine = z.infer<typeof auditLineSchema>;

/** One line of a USAGE: what a runtime had counted by then, since its start (`incarnation`). */
export const sampleLineSchema = z.strictObject({
  type: z.literal('SAMPLE'),
  at,
  organizationId: idSchema('organization'),
  deploymentId: idSchema('deployment'),
  deploymentName: z.string(),
  incarnation: z.string(),
  counters: runtimeCountersSchema,
  gauges: runtimeGaugesSchema,
});
export type SampleLine = z.infer<typeof sampleLineSchema>;

/** One line of a USAGE: what a process of the edge has counted since its start, the meter of the bill. */
export const meterLineSchema = z.strictObject({
  type: z.literal('METER'),
  /** When it was heard last. */
  at,
  organizationId: idSchema('organization'),
  deploymentId: idSchema('deployment'),
  deploymentName: z.string(),
  incarnation: z.string(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  connectionSeconds: z.number(),
  connections: z.number(),
});
export type MeterLine = z.infer<typeof meterLineSchema>;

export interface ExportKey {
  organizationId: string;
  exportId: string;
}

/** Below it lie the objects of all attempts. */
export function exportFolder({ organizationId, exportId }: ExportKey): string {
  return `exports/${organizationId}/${exportId}/`;
}

/** Each attempt writes an object of its own, so that two of them never write into one another. */
export function exportObject(key: ExportKey, attempt: number): string {
  return `${exportFolder(key)}${attempt}.sealed`;
}
