/** What is told before something ends by itself: a stop or a deletion of what nobody uses, or an expiry. */
export const NOTICE_KINDS = ['IDLE_STOP', 'IDLE_DELETE', 'EXPIRY'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Days before the end at which it is told. */
export const NOTICE_LEAD_DAYS = [7, 1] as const;
