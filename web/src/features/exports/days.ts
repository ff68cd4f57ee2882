/**
 * Ranges as people choose them: whole days of their own time zone, the last one part of it. Never by milliseconds: a day on which
 * the clock changes has 23 or 25 hours.
 */

/** `2026-01-31`, as a field of type date holds it. */
export function dayOf(date: Date): string {
  const part = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`;
}

/** From the beginning of the first day to the end of the last. Null: one of them is no day. */
export function rangeOfDays(first: string, last: string): { from: string; to: string } | null {
  const [from, to] = [startOf(first, 0), startOf(last, 1)];
  return from && to ? { from, to } : null;
}

/** The first day of so many that end with that of `now`. */
export function firstOfDays(days: number, now: Date): string {
  return dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - (days - 1)));
}

/** The last day of a range whose end is not part of it. */
export function lastDay(to: string): Date {
  return new Date(Date.parse(to) - 1);
}

function startOf(day: string, later: number): string | null {
  const [year, month, date] = day.split('-').map(Number);
  if (!year || !month || !date) return null;
  return new Date(year, month - 1, date + later).toISOString();
}
