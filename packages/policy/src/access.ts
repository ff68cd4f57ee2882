/**
 * Access rules: may this principal publish to a topic, subscribe to a filter, and which rule says so. The first rule
 * that matches decides; where none does, the default. Pure: the runtime enforces with it, the api explains with it.
 */
import type { AccessRulePolicy, PolicyDocument } from '@rookery/contracts/policy-document';
import { fill, hasPlaceholder, type Principal } from './placeholders.js';
import { contains, matches, overlaps } from './topic-filter.js';

export type { Principal } from './placeholders.js';
export type AccessAction = 'publish' | 'subscribe';

export interface Decision {
  allowed: boolean;
  /** The rule that decided; null when the default did. */
  rule: AccessRulePolicy | null;
  /** Position of that rule in the document, from 0. */
  index: number | null;
  /** Words for people. */
  reason: string;
}

interface CompiledRule {
  rule: AccessRulePolicy;
  index: number;
  levels: string[];
  dynamic: boolean;
  /** `eq a/+`: concerns this very filter, and not what else it covers or overlaps. */
  exact: boolean;
}

/** Before a rule's topic: the rule is about the text of the filter, as in EMQX. */
const EXACT = 'eq ';

/** The rules of a document, sorted by whom they concern, so that a client with few rules pays for few. */
export class AccessPolicy {
  private readonly forAll: CompiledRule[] = [];
  private readonly byUsername = new Map<string, CompiledRule[]>();
  private readonly byClientId = new Map<string, CompiledRule[]>();
  /** For everyone whom only the rules for all concern. */
  private readonly plain: PrincipalAccess;
  readonly defaultAccess: 'allow' | 'deny';

  constructor(document: Pick<PolicyDocument, 'accessRules' | 'defaultAccess'>) {
    this.defaultAccess = document.defaultAccess;
    for (const [index, rule] of document.accessRules.entries()) {
      const exact = rule.topic.startsWith(EXACT);
      const levels = (exact ? rule.topic.slice(EXACT.length) : rule.topic).split('/');
      this.listFor(rule).push({ rule, index, levels, dynamic: hasPlaceholder(levels), exact });
    }
    this.plain = new PrincipalAccess(this.forAll, this.defaultAccess);
  }

  of(principal: Principal): PrincipalAccess {
    const own = [
      ...((principal.username !== null && this.byUsername.get(principal.username)) || []),
      ...(this.byClientId.get(principal.clientId) ?? []),
    ].filter(({ rule }) => concerns(rule, principal));
    if (own.length === 0 && !this.forAll.some(({ dynamic }) => dynamic)) return this.plain;
    // Lists are in order each; together they must be sorted again.
    const rules = own.length === 0 ? this.forAll : [...this.forAll, ...own].sort((a, b) => a.index - b.index);
    const filled = rules.flatMap((compiled) => {
      if (!compiled.dynamic) return [compiled];
      const levels = fill(compiled.levels, principal, compiled.rule.effect);
      return levels === null ? [] : [{ ...compiled, levels }];
    });
    return new PrincipalAccess(filled, this.defaultAccess);
  }

  private listFor({ subject }: AccessRulePolicy): CompiledRule[] {
    if (subject.username !== undefined) return listIn(this.byUsername, subject.username);
    return subject.clientId === undefined ? this.forAll : listIn(this.byClientId, subject.clientId);
  }
}

/** The rules of one principal. */
export class PrincipalAccess {
  constructor(
    private readonly rules: readonly CompiledRule[],
    private readonly defaultAccess: 'allow' | 'deny',
  ) {}

  mayPublish(topic: string): Decision {
    const levels = topic.split('/');
    // Topics under `$` are the server's own [MQTT-4.7.2-1].
    if (topic.startsWith('$'))
      return { allowed: false, rule: null, index: null, reason: 'topics that begin with $ are reserved for the server' };
    return this.decide('publish', (rule) => (rule.exact ? isSame(rule.levels, levels) : matches(rule.levels, levels)));
  }

  /** A rule that allows must cover the whole filter; a rule that denies decides as soon as it covers a part. */
  maySubscribe(filter: string): Decision {
    const levels = filter.split('/');
    return this.decide('subscribe', ({ rule, levels: rules, exact }) => {
      if (exact) return isSame(rules, levels);
      return rule.effect === 'allow' ? contains(rules, levels) : overlaps(rules, levels);
    });
  }

  private decide(action: AccessAction, applies: (rule: CompiledRule) => boolean): Decision {
    for (const compiled of this.rules) {
      const { rule, index } = compiled;
      if (rule.action !== 'all' && rule.action !== action) continue;
      if (!applies(compiled)) continue;
      const allowed = rule.effect === 'allow';
      return { allowed, rule, index, reason: `rule ${index + 1} ${allowed ? 'allows' : 'denies'} ${rule.action} on ${rule.topic}` };
    }
    const allowed = this.defaultAccess === 'allow';
    return { allowed, rule: null, index: null, reason: `no rule matches; the default is to ${this.defaultAccess}` };
  }
}

type Rules = Pick<PolicyDocument, 'accessRules' | 'defaultAccess'>;

export function mayPublish(document: Rules, principal: Principal, topic: string): boolean {
  return explain(document, principal, 'publish', topic).allowed;
}

export function maySubscribe(document: Rules, principal: Principal, filter: string): boolean {
  return explain(document, principal, 'subscribe', filter).allowed;
}

/** The deciding rule, for people. `topic` is a topic name or a topic filter (without `$share/…/`). */
export function explain(document: Rules, principal: Principal, action: AccessAction, topic: string): Decision {
  const access = new AccessPolicy(document).of(principal);
  return action === 'publish' ? access.mayPublish(topic) : access.maySubscribe(topic);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((level, i) => level === b[i]);
}

function concerns({ subject }: AccessRulePolicy, { clientId, username }: Principal): boolean {
  return (
    (subject.username === undefined || subject.username === username) && (subject.clientId === undefined || subject.clientId === clientId)
  );
}

function listIn(map: Map<string, CompiledRule[]>, key: string): CompiledRule[] {
  let list = map.get(key);
  if (list === undefined) map.set(key, (list = []));
  return list;
}
