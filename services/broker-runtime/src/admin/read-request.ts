/** Lines of the admin socket, checked by hand: no schema library in a runtime (contracts: runtime-protocol, questions). */
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import type { AdminRequest } from '@rookery/contracts/runtime-protocol';
import { readPolicyDocument } from '@rookery/policy/read-document';

const PROTOCOL_VERSION: Extract<AdminRequest, { type: 'hello' }>['protocol'] = 1;
const PAGE_MAX = 100;
const PAGE_DEFAULT = 50;
const SEARCH_MAX = 256;

/** A request as the runtime acts on it; a question's kind and arguments are checked where it is answered. */
export type Request =
  | { type: 'hello' | 'stop' }
  | { type: 'policy'; document: PolicyDocument }
  | { type: 'rest'; idleMs: number; quietMs: number }
  | { type: 'question'; questionId: string; kind: string; arguments: Record<string, unknown> };

export class BadRequest extends Error {}

export function readRequest(line: unknown): Request {
  const fields = objectOf(line, 'the line');
  switch (fields.type) {
    case 'hello':
      if (fields.protocol !== PROTOCOL_VERSION) throw new BadRequest(`protocol ${String(fields.protocol)} is not spoken here`);
      return { type: 'hello' };
    case 'stop':
      return { type: 'stop' };
    case 'policy': {
      const read = readPolicyDocument(fields.document);
      if (!read.ok) throw new BadRequest(`the policy is not valid: ${read.faults.join('; ')}`);
      return { type: 'policy', document: read.document };
    }
    case 'rest':
      return { type: 'rest', idleMs: countOf(fields.idleMs, 'idleMs'), quietMs: countOf(fields.quietMs, 'quietMs') };
    case 'question':
      return {
        type: 'question',
        questionId: textOf(fields.questionId, 'questionId'),
        kind: textOf(fields.kind, 'kind'),
        arguments: objectOf(fields.arguments, 'arguments'),
      };
    default:
      throw new BadRequest(`there is no request ${JSON.stringify(fields.type)}`);
  }
}

export interface Page {
  first: number;
  after: string | null;
  search: string;
}

export function readPage(given: Record<string, unknown>): Page {
  const { first = PAGE_DEFAULT, after = null, search = '' } = given;
  if (!Number.isInteger(first) || (first as number) < 1 || (first as number) > PAGE_MAX)
    throw new BadRequest(`first must be from 1 to ${PAGE_MAX}`);
  const words = textOf(search, 'search');
  if (words.length > SEARCH_MAX) throw new BadRequest(`search is longer than ${SEARCH_MAX} characters`);
  return { first: first as number, after: after === null ? null : textOf(after, 'after'), search: words };
}

export function readClientId(given: Record<string, unknown>): { clientId: string } {
  return { clientId: textOf(given.clientId, 'clientId') };
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRequest(`${what} must be an object`);
  return value as Record<string, unknown>;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new BadRequest(`${what} must be text`);
  return value;
}

function countOf(value: unknown, what: string): number {
  if (!Number.isInteger(value) || (value as number) < 0) throw new BadRequest(`${what} must be a whole number from 0`);
  return value as number;
}
