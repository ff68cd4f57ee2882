/** The policy in force, compiled for quick answers. Replaced as a whole; whoever caches an answer remembers `version`. */
import type { Quotas } from '@rookery/contracts/plans';
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import { AccessPolicy, type Principal, type PrincipalAccess } from '@rookery/policy/access';
import { fill } from '@rookery/policy/placeholders';
import { emptyDocument } from '@rookery/policy/read-document';
import { Credentials } from '../access/credentials.js';
import { QueueRules } from './queue-rules.js';

export class LivePolicy {
  /** Grows with every change, whatever the revision says. */
  version = 0;
  document: PolicyDocument = emptyDocument();
  quotas: Quotas = this.document.quotas;
  credentials = new Credentials(this.document);
  queueRules = new QueueRules(this.document);
  private access = new AccessPolicy(this.document);

  get revision(): number {
    return this.document.revision;
  }

  replace(document: PolicyDocument): void {
    this.document = document;
    this.quotas = document.quotas;
    this.credentials = new Credentials(document);
    this.queueRules = new QueueRules(document);
    this.access = new AccessPolicy(document);
    this.version++;
  }

  accessOf(principal: Principal): PrincipalAccess {
    return this.access.of(principal);
  }

  /** Seconds a session may outlive its connection. */
  sessionExpiry(wantedSeconds: number): number {
    return Math.min(wantedSeconds, this.quotas.sessionExpirySecondsMax);
  }

  /** Unacknowledged QoS 1 and 2 messages that a client may send [MQTT-3.3.4-7]. */
  get receiveMaximum(): number {
    return Math.min(this.document.connack.receiveMaximum ?? 65_535, this.quotas.inflightMax);
  }

  get topicAliasMaximum(): number {
    return this.document.connack.topicAliasMaximum ?? TOPIC_ALIAS_MAXIMUM;
  }

  /** Where the client may have its responses sent; null where the policy says nothing, or has no value for a placeholder. */
  responseInformation(principal: Principal): string | null {
    const { responseInformation } = this.document.connack;
    return responseInformation === undefined ? null : (fill(responseInformation.split('/'), principal, 'allow')?.join('/') ?? null);
  }

  /** The keep alive in force; 0 = none [MQTT-3.1.2-21]. */
  keepAlive(wantedSeconds: number): number {
    const max = this.document.connack.keepAliveSecondsMax;
    if (max === undefined) return wantedSeconds;
    return wantedSeconds === 0 ? max : Math.min(wantedSeconds, max);
  }
}

const TOPIC_ALIAS_MAXIMUM = 10;
