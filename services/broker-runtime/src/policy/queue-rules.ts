/** What the policy says of messages that wait for a session, compiled for quick answers. */
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import { topicMatches } from '@rookery/mqtt-codec/topics';

export class QueueRules {
  readonly lengthMax: number;
  /** Whether a full queue refuses the new message; else it gives up its oldest. */
  readonly refuses: boolean;
  readonly storeQos0: boolean;
  /** 0 = no limit of its own. */
  readonly waitMsMax: number;
  private readonly priorities: PolicyDocument['queues']['topicPriorities'];

  constructor({ quotas, queues }: PolicyDocument) {
    this.lengthMax = quotas.queueLengthMax;
    this.refuses = queues.dropPolicy === 'refuse';
    this.storeQos0 = queues.storeQos0;
    this.waitMsMax = (queues.waitSecondsMax ?? 0) * 1000;
    this.priorities = queues.topicPriorities;
  }

  /** 0 = none; the first filter that matches decides. */
  priorityOf(topic: string): number {
    for (const entry of this.priorities) if (topicMatches(entry.topic, topic)) return entry.priority;
    return 0;
  }
}
