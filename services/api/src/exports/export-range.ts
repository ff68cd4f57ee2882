/** Which range may be exported. */
import { EXPORT_RANGE_DAYS_MAX } from '@rookery/contracts/exports';
import { AppError } from '@rookery/service-kit/errors';

const DAY_MS = 86_400_000;

export interface ExportRange {
  from: Date;
  to: Date;
}

/** The range up to now at most: what has not happened yet belongs to no file. Throws what is wrong with it. */
export function rangeUpTo(now: Date, { from, to }: ExportRange): ExportRange {
  const end = to > now ? now : to;
  if (from >= to) throw new AppError('EXPORT_RANGE_EMPTY', { message: 'must be after `from`', path: ['input', 'to'] });
  if (from >= end) throw new AppError('EXPORT_RANGE_EMPTY', { message: 'must not be in the future', path: ['input', 'from'] });
  if (end.getTime() - from.getTime() > EXPORT_RANGE_DAYS_MAX * DAY_MS)
    throw new AppError('EXPORT_RANGE_TOO_LONG', {
      message: `must be at most ${EXPORT_RANGE_DAYS_MAX} days before the end`,
      path: ['input', 'from'],
      details: { daysMax: EXPORT_RANGE_DAYS_MAX },
    });
  return { from, to: end };
}
