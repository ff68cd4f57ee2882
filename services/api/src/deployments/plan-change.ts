/** Whether a deployment may change to another plan in place. Pure. */
import type { ErrorCode } from '@rookery/contracts/error-codes';
import type { Plan, Quotas } from '@rookery/contracts/plans';
import { memoryBytesFor } from './new-deployment.js';

/** What there is of everything that a plan bounds and that does not go away by itself. Null: nobody knows. */
export interface Use {
  clients: number | null;
  sessions: number | null;
  retained: number | null;
  storeBytes: number | null;
  memoryBytes: number | null;
  credentials: number;
  accessRules: number;
}

interface LimitOver {
  /** Key of the plan, or `memoryBytesMax`. */
  quota: string;
  limit: number;
  used: number;
}

export interface PlanRefusal {
  code: Extract<ErrorCode, 'INVALID_INPUT' | 'PLAN_CHANGE_NEEDS_MOVE' | 'PLAN_TOO_SMALL'>;
  reason: string;
  over: LimitOver[];
}

interface Bound {
  quota: string;
  noun: string;
  limit: (plan: Plan) => number;
  used: (use: Use) => number | null;
}

const BOUNDS: readonly Bound[] = [
  { quota: 'clientsMax', noun: 'connected clients', limit: ({ quotas }) => quotas.clientsMax, used: ({ clients }) => clients },
  { quota: 'sessionsMax', noun: 'sessions', limit: ({ quotas }) => quotas.sessionsMax, used: ({ sessions }) => sessions },
  { quota: 'credentialsMax', noun: 'credentials', limit: ({ quotas }) => quotas.credentialsMax, used: ({ credentials }) => credentials },
  { quota: 'accessRulesMax', noun: 'access rules', limit: ({ quotas }) => quotas.accessRulesMax, used: ({ accessRules }) => accessRules },
  { quota: 'retainedMax', noun: 'retained messages', limit: ({ quotas }) => quotas.retainedMax, used: ({ retained }) => retained },
  { quota: 'storeBytesMax', noun: 'bytes on disk', limit: ({ quotas }) => quotas.storeBytesMax, used: ({ storeBytes }) => storeBytes },
  { quota: 'memoryBytesMax', noun: 'bytes of memory', limit: memoryBytesFor, used: ({ memoryBytes }) => memoryBytes },
];

/** Null: it may. What exists must fit, so that no client is shut out by a change that was meant for new ones. */
export function planRefusal(from: { id: string; tier: Plan['tier']; quotas: Quotas }, to: Plan, use: Use): PlanRefusal | null {
  if (from.id === to.id && sameQuotas(from.quotas, to.quotas))
    return { code: 'INVALID_INPUT', reason: 'It has this plan already.', over: [] };
  if ((from.tier === 'DEDICATED') !== (to.tier === 'DEDICATED')) {
    const reason = 'A dedicated plan is a machine of its own: create a new deployment with that plan and move your clients.';
    return { code: 'PLAN_CHANGE_NEEDS_MOVE', reason, over: [] };
  }
  const over = BOUNDS.flatMap(({ quota, noun, limit: limitOf, used: usedOf }) => {
    const [limit, used] = [limitOf(to), usedOf(use) ?? 0];
    return used > limit ? [{ quota, limit, used, words: words(noun, limit, used) }] : [];
  });
  if (over.length === 0) return null;
  const reason = `${to.name} allows ${over.map((each) => each.words).join('; ')}.`;
  return { code: 'PLAN_TOO_SMALL', reason, over: over.map(({ quota, limit, used }) => ({ quota, limit, used })) };
}

function words(noun: string, limit: number, used: number): string {
  const [allowed, there, more] = [limit, used, used - limit].map((count) => count.toLocaleString('en-US'));
  return `${allowed} ${noun}, and there are ${there} (${more} too many)`;
}

function sameQuotas(one: Quotas, other: Quotas): boolean {
  return Object.entries(one).every(([key, value]) => other[key as keyof Quotas] === value);
}
