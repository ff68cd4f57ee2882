import { policyDocumentSchema } from '@rookery/contracts/policy-document';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyDocument, readPolicyDocument } from './read-document.js';

/** Values near the edges of what is allowed, and plainly wrong ones. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1,
    1.5,
    100,
    101,
    65_535,
    65_536,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 60,
    '',
    'x',
    'allow',
    'all',
    '*',
    [],
    {},
  ),
  fc.string({ maxLength: 3 }),
);
const hash = fc.constantFrom<unknown>(`hmac-sha256:${'a'.repeat(43)}`, `hmac-sha256:${'a'.repeat(42)}`, odd);
const some = (shape: Record<string, fc.Arbitrary<unknown>>) => fc.record(shape, { requiredKeys: [] });
const document = some({
  revision: odd,
  defaultAccess: fc.oneof(fc.constantFrom('allow', 'deny'), odd),
  allowAnonymous: fc.oneof(fc.boolean(), odd),
  pepper: fc.constantFrom('a'.repeat(43), 'a'.repeat(44), 5),
  credentials: fc.oneof(
    fc.array(some({ username: fc.oneof(fc.constant('u'), odd), secretHash: hash, password: odd }), { maxLength: 2 }),
    odd,
  ),
  accessRules: fc.oneof(
    fc.array(
      some({
        id: odd,
        effect: fc.constantFrom('allow', 'deny', 'no'),
        action: fc.constantFrom('publish', 'subscribe', 'all', 'x'),
        topic: fc.oneof(fc.constant('a/#'), odd),
        subject: fc.oneof(some({ username: odd, clientId: fc.constant('c'), other: odd }), odd),
      }),
      { maxLength: 2 },
    ),
    odd,
  ),
  quotas: fc.oneof(
    some({ clientsMax: odd, topicLevelsMax: odd, queueLengthMax: odd, inflightMax: odd, sessionExpirySecondsMax: odd, unknown: odd }),
    odd,
  ),
  connack: fc.oneof(some({ keepAliveSecondsMax: odd, receiveMaximum: odd, topicAliasMaximum: odd, responseInformation: odd }), odd),
  queues: fc.oneof(
    some({
      dropPolicy: fc.oneof(fc.constantFrom('oldest', 'refuse'), odd),
      storeQos0: fc.oneof(fc.boolean(), odd),
      waitSecondsMax: odd,
      topicPriorities: fc.oneof(fc.array(some({ topic: fc.oneof(fc.constant('a/#'), odd), priority: odd }), { maxLength: 2 }), odd),
    }),
    odd,
  ),
  sharedSubscriptions: fc.oneof(some({ strategy: fc.oneof(fc.constantFrom('round-robin', 'sticky'), odd) }), odd),
  unknown: odd,
});

describe('policy document without a schema library', () => {
  it('accepts, refuses and completes what the schema of the contracts does', () => {
    fc.assert(
      fc.property(fc.oneof(document, odd), (input) => {
        const expected = policyDocumentSchema.safeParse(input);
        const got = readPolicyDocument(input);
        expect(got.ok, got.ok ? 'accepted' : got.faults.join('; ')).toBe(expected.success);
        if (got.ok && expected.success) expect(got.document).toEqual(expected.data);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is empty by default', () => {
    expect(emptyDocument()).toEqual(policyDocumentSchema.parse({}));
  });

  it('refuses an unlimited queue, and says why', () => {
    const input = { quotas: { queueLengthMax: 0 } };
    const read = readPolicyDocument(input);
    expect(read.ok ? [] : read.faults).toEqual([expect.stringContaining('quotas.queueLengthMax: must be at least 1: without a bound')]);
    expect(policyDocumentSchema.safeParse(input).error?.issues[0]?.message).toContain('without a bound');
  });

  it('names the place of every fault', () => {
    const input = { accessRules: [{ effect: 'maybe', action: 'publish', topic: '' }], quotas: { clientsMax: 0 } };
    expect(readPolicyDocument(input)).toMatchObject({
      ok: false,
      faults: [
        'accessRules.0.effect: must be one of allow, deny',
        expect.stringContaining('accessRules.0.topic: must be text'),
        expect.stringContaining('quotas.clientsMax: must be a whole number from 1'),
      ],
    });
  });
});
