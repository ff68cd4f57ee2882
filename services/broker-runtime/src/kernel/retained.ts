/** Retained messages: the last one of each topic [MQTT-3.3.1-5]. */
import { topicMatches } from '@rookery/mqtt-codec/topics';
import type { AedesPacket, Publication } from './publication.js';

export class RetainedMessage {
  /** Store segment that holds its record. */
  home = 0;

  constructor(
    readonly publication: Publication,
    /** The packet as the persistence contract was given it; null for one of our own clients. */
    private readonly given: AedesPacket | null,
  ) {}

  get packet(): AedesPacket {
    return this.given ?? this.publication.toPacket();
  }
}

export class RetainedMessages {
  readonly byTopic = new Map<string, RetainedMessage>();
  bytes = 0;

  get size(): number {
    return this.byTopic.size;
  }

  set(message: RetainedMessage): void {
    const { topic } = message.publication;
    this.bytes += message.publication.size - (this.byTopic.get(topic)?.publication.size ?? 0);
    this.byTopic.set(topic, message);
  }

  delete(topic: string): boolean {
    this.bytes -= this.byTopic.get(topic)?.publication.size ?? 0;
    return this.byTopic.delete(topic);
  }

  /** Those that match the filter, one after the other: the caller may stop between two and let others run. */
  *matching(filter: string): Generator<RetainedMessage | null> {
    const exact = this.byTopic.get(filter);
    if (exact !== undefined) yield exact;
    if (!filter.includes('+') && !filter.includes('#')) return;
    for (const [topic, message] of this.byTopic) yield topicMatches(filter, topic) ? message : null;
  }
}
