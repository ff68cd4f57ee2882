/** Checks of input against a zod schema: every fault becomes an error that names its field. */
import { AppError } from '@rookery/service-kit/errors';
import { z } from 'zod';

/** Several faults of one input at once. */
export class InputErrors extends Error {
  constructor(readonly errors: readonly AppError[]) {
    super(errors.map((error) => error.message).join('; '));
    this.name = 'InputErrors';
  }
}

export function parseInput<S extends z.ZodType>(schema: S, input: unknown, at: readonly string[] = ['input']): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InputErrors(
    parsed.error.issues.map(
      (issue) => new AppError('INVALID_INPUT', { message: issue.message, path: [...at, ...issue.path.map((part) => String(part))] }),
    ),
  );
}

/** A name that people give to a thing. */
export const nameSchema = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(64, 'must have at most 64 characters')
  .refine((name) => !/[\p{Cc}\p{Cs}]/u.test(name), 'must not hold control characters');

/** Nullish on the wire: an absent key and null mean the same. */
export const idempotencyKeySchema = z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters').nullish();
