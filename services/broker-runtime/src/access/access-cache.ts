/** What one client may do, asked often: compiled rules of its principal, and answers by topic. */
import type { Principal, PrincipalAccess } from '@rookery/policy/access';
import type { LivePolicy } from '../policy/live-policy.js';

/** Answers kept per client; beyond that the cache starts anew. */
const ANSWERS_MAX = 256;

export class AccessCache {
  private access: PrincipalAccess | null = null;
  private version = -1;
  /** By topic; null before the first. */
  private answers: Map<string, boolean> | null = null;

  constructor(
    private readonly policy: LivePolicy,
    readonly principal: Principal,
  ) {}

  mayPublish(topic: string): boolean {
    const access = this.current();
    const answers = (this.answers ??= new Map());
    let answer = answers.get(topic);
    if (answer === undefined) {
      answer = access.mayPublish(topic).allowed;
      if (answers.size >= ANSWERS_MAX) answers.clear();
      answers.set(topic, answer);
    }
    return answer;
  }

  maySubscribe(filter: string): boolean {
    return this.current().maySubscribe(filter).allowed;
  }

  /** Changes when a cached answer may no longer hold. */
  get policyVersion(): number {
    return this.policy.version;
  }

  private current(): PrincipalAccess {
    if (this.access === null || this.version !== this.policy.version) {
      this.access = this.policy.accessOf(this.principal);
      this.version = this.policy.version;
      this.answers = null;
    }
    return this.access;
  }
}
