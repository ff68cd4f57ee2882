/** Numbers, sizes and times as people read them. Every function is pure: the present is passed in. */

const grouped = new Intl.NumberFormat('en-US');
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** What stands where a value is not known; never a zero. */
export const UNKNOWN = '–';

export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : grouped.format(Math.round(value));
}

/** A short form for tight places: 1,240 → 1.2k. */
export function formatCompact(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (value < 1_000) return grouped.format(value < 10 && !Number.isInteger(value) ? Number(value.toFixed(1)) : Math.round(value));
  const [divisor, suffix] = value < 1_000_000 ? [1_000, 'k'] : value < 1_000_000_000 ? [1_000_000, 'M'] : [1_000_000_000, 'G'];
  const short = value / divisor;
  return `${short >= 100 ? Math.round(short) : Number(short.toFixed(1))}${suffix}`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${Number(size.toFixed(digits))} ${BYTE_UNITS[unit]}`;
}

/** 95 → 1 min 35 s. Two units at most: the third one never matters. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const units: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3_600), 'h'],
    [Math.floor((whole % 3_600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const first = units.findIndex(([amount]) => amount > 0);
  return units
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

export function formatSecondsBetween(from: string, to: string | number): string {
  const end = typeof to === 'number' ? to : Date.parse(to);
  return formatDuration(Math.max(0, (end - Date.parse(from)) / 1000));
}

/** "just now", "12 s ago", "3 min ago", "2 h ago", "5 d ago"; a date after a month. */
export function formatAgo(iso: string, now: number): string {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  if (seconds < 30 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
  return formatDate(iso);
}

/** 1 deployment, 2 deployments */
export function formatPlural(count: number, noun: string): string {
  return `${grouped.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function formatDate(iso: string): string {
  return dateTime.format(new Date(iso)).split(',')[0] ?? iso;
}

export function formatDateTime(iso: string): string {
  return dateTime.format(new Date(iso));
}

export function formatClock(time: number | string): string {
  return clock.format(new Date(time));
}
