/**
 * Public ids are TypeIDs: a prefix that names the noun, then a UUIDv7 in Crockford base 32.
 * In Postgres the same value is a plain `uuid` column; the text form *is* the global GraphQL id.
 */
import { z } from 'zod';

export const ID_PREFIXES = {
  person: 'per',
  organization: 'org',
  project: 'prj',
  deployment: 'dep',
  credential: 'cred',
  operation: 'op',
  apiKey: 'key',
  machine: 'mch',
  cell: 'cell',
  question: 'qst',
  joinToken: 'jtk',
  notice: 'ntc',
  export: 'exp',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

/** Accepts `<prefix>_<26 characters>` of the given kind; anything else is a typed failure. */
export function idSchema<K extends IdKind>(kind: K) {
  return z.string().regex(new RegExp(`^${ID_PREFIXES[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`), {
    message: `must be a ${kind} id, like ${ID_PREFIXES[kind]}_01h455vb4pex5vsknk084sn02q`,
  });
}
