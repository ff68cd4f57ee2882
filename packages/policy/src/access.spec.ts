import type { AccessRulePolicy } from '@rookery/contracts/policy-document';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, mayPublish, maySubscribe } from './access.js';
import { contains, matches, overlaps } from './topic-filter.js';

const rule = (effect: 'allow' | 'deny', action: AccessRulePolicy['action'], topic: string, subject = {}): AccessRulePolicy => ({
  effect,
  action,
  topic,
  subject,
});
const deny = (...accessRules: AccessRulePolicy[]) => ({ defaultAccess: 'deny' as const, accessRules });
const allow = (...accessRules: AccessRulePolicy[]) => ({ defaultAccess: 'allow' as const, accessRules });
const sensor = { clientId: 'sensor-1', username: 'anna' };

describe('access rules', () => {
  it.each([
    [deny(), 'a', false],
    [allow(), 'a', true],
    [deny(rule('allow', 'publish', 'a/+')), 'a/b', true],
    [deny(rule('allow', 'publish', 'a/+')), 'a/b/c', false],
    [deny(rule('allow', 'subscribe', 'a/b')), 'a/b', false],
    [deny(rule('deny', 'all', 'a/b'), rule('allow', 'all', '#')), 'a/b', false],
    [deny(rule('allow', 'all', '#'), rule('deny', 'all', 'a/b')), 'a/b', true],
    [deny(rule('allow', 'all', '#')), '$SYS/broker', false],
    [deny(rule('allow', 'all', '$SYS/#')), '$SYS/broker', false],
    [deny(rule('allow', 'publish', 'devices/{clientId}/#')), 'devices/sensor-1/t', true],
    [deny(rule('allow', 'publish', 'devices/{clientId}/#')), 'devices/sensor-2/t', false],
    [deny(rule('allow', 'publish', '{username}/x')), 'anna/x', true],
    [deny(rule('allow', 'publish', 'a', { username: 'anna' })), 'a', true],
    [deny(rule('allow', 'publish', 'a', { username: 'bob' })), 'a', false],
    [deny(rule('allow', 'publish', 'a', { username: 'anna', clientId: 'other' })), 'a', false],
    [deny(rule('allow', 'publish', 'a', { clientId: 'sensor-1' })), 'a', true],
  ])('publish: %# %j to %s is %s', (document, topic, expected) => {
    expect(mayPublish(document, sensor, topic)).toBe(expected);
  });

  it.each([
    ['a/b', false],
    ['a/+', true],
    ['#', true],
    ['+/b', true],
  ])('a rule with eq concerns its own filter alone: subscribe to %s is %s', (filter, expected) => {
    expect(maySubscribe(allow(rule('deny', 'subscribe', 'eq a/b')), sensor, filter)).toBe(expected);
  });

  it('a rule with eq and wildcards refuses that filter and lets narrower ones pass', () => {
    const rules = allow(rule('deny', 'all', 'eq #'));
    expect([maySubscribe(rules, sensor, '#'), maySubscribe(rules, sensor, 'a/#'), mayPublish(rules, sensor, 'a')]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('a rule with eq may hold placeholders', () => {
    const rules = allow(rule('deny', 'publish', 'eq a/{clientId}'));
    expect([mayPublish(rules, sensor, 'a/sensor-1'), mayPublish(rules, sensor, 'a/other')]).toEqual([false, true]);
  });

  it.each([
    [deny(rule('allow', 'subscribe', 'a/+')), 'a/b', true],
    [deny(rule('allow', 'subscribe', 'a/+')), 'a/+', true],
    [deny(rule('allow', 'subscribe', 'a/+')), 'a/#', false],
    [deny(rule('allow', 'subscribe', 'a/#')), 'a', true],
    [deny(rule('allow', 'subscribe', 'a/#')), '#', false],
    [deny(rule('allow', 'subscribe', 'a/#')), '+/b', false],
    [deny(rule('allow', 'subscribe', '#')), '$SYS/#', false],
    [deny(rule('allow', 'subscribe', '$SYS/#')), '$SYS/a', true],
    [allow(rule('deny', 'subscribe', 'secret/#')), '#', false],
    [allow(rule('deny', 'subscribe', 'secret/#')), '+/x', false],
    [allow(rule('deny', 'subscribe', 'secret/#')), 'open/#', true],
    [allow(rule('deny', 'subscribe', '$SYS/#')), '#', true],
  ])('subscribe: %# %j to %s is %s', (document, filter, expected) => {
    expect(maySubscribe(document, sensor, filter)).toBe(expected);
  });

  it.each(['#', '+', 'a/b', '', 'x/+'])('a client id %j never widens a rule that allows, and a rule that denies covers it', (clientId) => {
    const hostile = { clientId, username: null };
    expect(maySubscribe(deny(rule('allow', 'all', 'd/{clientId}/#')), hostile, 'd/other/#')).toBe(false);
    expect(mayPublish(deny(rule('allow', 'all', 'd/{clientId}')), hostile, `d/${clientId}`)).toBe(false);
    expect(mayPublish(allow(rule('deny', 'all', 'd/{clientId}')), hostile, 'd/anything')).toBe(false);
  });

  it('explains by the rule that decided, and by the default', () => {
    const document = deny(rule('allow', 'publish', 'x'), rule('allow', 'publish', 'a/#', { username: 'anna' }));
    expect(explain(document, sensor, 'publish', 'a/b')).toMatchObject({ allowed: true, index: 1, rule: { topic: 'a/#' } });
    expect(explain(document, sensor, 'publish', 'b')).toMatchObject({ allowed: false, index: null, rule: null });
  });

  const level = fc.constantFrom('a', 'b', '', '$s');
  const topic = fc.array(level, { minLength: 1, maxLength: 4 });
  const filter = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', '', '+', '$s'), { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([levels, open]) => (open ? [...levels.slice(0, 3), '#'] : levels));

  it('a filter that contains another matches all that the other matches', () => {
    fc.assert(
      fc.property(filter, filter, topic, (outer, inner, name) => {
        if (contains(outer, inner) && matches(inner, name)) expect(matches(outer, name)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('filters that share a topic overlap', () => {
    fc.assert(
      fc.property(filter, filter, topic, (a, b, name) => {
        if (matches(a, name) && matches(b, name)) expect(overlaps(a, b)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('whoever may subscribe to a filter receives no topic that the rules deny to them by name', () => {
    const rules = fc.array(fc.tuple(fc.constantFrom('allow' as const, 'deny' as const), filter), { maxLength: 5 });
    fc.assert(
      fc.property(rules, fc.constantFrom('allow' as const, 'deny' as const), filter, topic, (list, defaultAccess, wanted, name) => {
        const document = { defaultAccess, accessRules: list.map(([effect, levels]) => rule(effect, 'all', levels.join('/'))) };
        if (maySubscribe(document, sensor, wanted.join('/')) && matches(wanted, name))
          expect(maySubscribe(document, sensor, name.join('/'))).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
