import type { RuntimeLimit } from '@rookery/contracts/reports';

/** A limit of the plan stands in the way; clients hear 0x97 (MQTT 5) or are closed. */
export class LimitError extends Error {
  constructor(
    readonly limit: RuntimeLimit,
    words: string,
  ) {
    super(words);
    this.name = 'LimitError';
  }
}
