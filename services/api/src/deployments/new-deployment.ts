/** Pure parts of a creation: what a new deployment is made of. */
import { randomBytes, randomInt } from 'node:crypto';
import type { Plan } from '@rookery/contracts/plans';

const MIB = 1024 ** 2;
const SLUG_ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';
const SLUG_TAIL = 8;

/** A host label that says the name and cannot be guessed from it. */
export function slugFor(name: string, pick: (below: number) => number = (below) => randomInt(below)): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  const tail = Array.from({ length: SLUG_TAIL }, () => SLUG_ALPHABET[pick(SLUG_ALPHABET.length)]).join('');
  return words === '' ? tail : `${words}-${tail}`;
}

/** Memory that a runtime may take: a base, and a part for each session the plan allows. */
export function memoryBytesFor(plan: Plan): number {
  return Math.min(256 * MIB + plan.quotas.sessionsMax * 64 * 1024, 2_048 * MIB);
}

/** Key of the HMAC under which a deployment's secrets are stored. */
export function makePepper(): Buffer {
  return randomBytes(32);
}
