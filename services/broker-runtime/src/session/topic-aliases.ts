/**
 * Topic aliases for what one connection is sent (§3.3.2.3.4). The first topics get one and keep it: an alias is never
 * given to another topic, so a message that the client has missed can do no harm. Lives as long as the connection
 * [MQTT-3.3.2-7].
 */
export class TopicAliases {
  /** Bounds what a client that announces 65,535 can make us remember. */
  static readonly MAX = 256;
  private readonly known = new Map<string, number>();

  private constructor(private readonly max: number) {}

  /** Null where the client takes none [MQTT-3.1.2-27]. */
  static upTo(topicAliasMaximum: number): TopicAliases | null {
    return topicAliasMaximum === 0 ? null : new TopicAliases(Math.min(topicAliasMaximum, TopicAliases.MAX));
  }

  /** The alias the client knows; 0 = it knows none. */
  of(topic: string): number {
    return this.known.get(topic) ?? 0;
  }

  /** The alias that this topic would get [MQTT-3.1.2-26]; 0 = all are given. */
  get next(): number {
    return this.known.size < this.max ? this.known.size + 1 : 0;
  }

  /** The client is sent `topic` together with {@link next}. */
  give(topic: string): void {
    this.known.set(topic, this.next);
  }
}
