import { DEFAULT_PLANS, type Plan } from '@rookery/contracts/plans';
import { describe, expect, it } from 'vitest';
import { planRefusal, type Use } from './plan-change.js';

const plan = (id: string): Plan => DEFAULT_PLANS.find((each) => each.id === id)!;
const [local, serverless, small, large] = ['LOCAL', 'SERVERLESS', 'DEDICATED_1K', 'DEDICATED_10K'].map(plan) as [Plan, Plan, Plan, Plan];
const nothing: Use = { clients: 0, sessions: 0, retained: 0, storeBytes: 0, memoryBytes: 0, credentials: 0, accessRules: 0 };

describe('planRefusal', () => {
  it.each<[string, Plan, Plan]>([
    ['from the safety bounds to a hosted plan', local, serverless],
    ['back', serverless, local],
    ['within the dedicated tiers', small, large],
  ])('lets a deployment go %s', (_, from, to) => {
    expect(planRefusal(from, to, nothing)).toBeNull();
  });

  it.each([
    [serverless, small],
    [small, serverless],
    [local, large],
    [large, local],
  ])('needs a move from $id to $id', (from, to) => {
    expect(planRefusal(from, to, nothing)).toMatchObject({ code: 'PLAN_CHANGE_NEEDS_MOVE', over: [] });
  });

  it('says what does not fit and by how much, all of it at once', () => {
    const use = { ...nothing, clients: 1_000, credentials: 2_040, storeBytes: 2 ** 30 + 1, memoryBytes: 2 ** 29 };
    expect(planRefusal(local, serverless, use)).toEqual({
      code: 'PLAN_TOO_SMALL',
      reason:
        'Serverless allows 2,000 credentials, and there are 2,040 (40 too many); 1,073,741,824 bytes on disk, and there are 1,073,741,825 (1 too many); 333,971,456 bytes of memory, and there are 536,870,912 (202,899,456 too many).',
      over: [
        { quota: 'credentialsMax', limit: 2_000, used: 2_040 },
        { quota: 'storeBytesMax', limit: 2 ** 30, used: 2 ** 30 + 1 },
        { quota: 'memoryBytesMax', limit: 333_971_456, used: 2 ** 29 },
      ],
    });
  });

  it('takes exactly as much as the plan allows, and what nobody knows for nothing', () => {
    const { quotas } = serverless;
    const full = { ...nothing, clients: quotas.clientsMax, credentials: quotas.credentialsMax, retained: null, storeBytes: null };
    expect(planRefusal(local, serverless, full)).toBeNull();
  });

  it('changes nothing for a plan that it has, unless its numbers differ from the plan’s of today', () => {
    expect(planRefusal(serverless, serverless, nothing)).toMatchObject({ code: 'INVALID_INPUT' });
    const older = { ...serverless, quotas: { ...serverless.quotas, clientsMax: 500 } };
    expect(planRefusal(older, serverless, nothing)).toBeNull();
  });
});
