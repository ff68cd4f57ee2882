/** What a plan would change, in a word. Pure. */
import type { Drift } from '@rookery/contracts/drift';
import { z } from 'zod';

const attributes = z.record(z.string(), z.unknown()).nullable();
const planSchema = z.object({
  resource_changes: z
    .array(
      z.object({
        change: z.object({ actions: z.array(z.string()), before: attributes, after: attributes, after_unknown: attributes.optional() }),
      }),
    )
    .default([]),
});

/** `plan`: what `terraform show -json` prints of it. Null: it changes no resource. */
export function driftOf(plan: string): Drift | null {
  const changes = planSchema
    .parse(JSON.parse(plan))
    .resource_changes.map(({ change }) => change)
    .filter(({ actions }) => actions.some((action) => action !== 'no-op' && action !== 'read'));
  if (changes.length === 0) return null;
  // What is gone is made anew and nothing else: it has no attributes of before.
  if (changes.every(({ before }) => before === null)) return { kind: 'MISSING', attributes: [] };
  const changed = changes.flatMap(({ before, after, after_unknown: unknown }) =>
    Object.keys(after ?? {}).filter((key) => unknown?.[key] !== true && JSON.stringify(after?.[key]) !== JSON.stringify(before?.[key])),
  );
  return { kind: 'CHANGED', attributes: [...new Set(changed)].sort() };
}
