/**
 * A report that is older than what is known came late, and changes nothing. One that is older by more than this comes
 * from a clock that was set back, and counts.
 */
export const LATE_MS_MAX = 60_000;
