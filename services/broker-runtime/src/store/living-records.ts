/** What is alive in one segment of the log, as calls that write it again. */
import type { BrokerState } from '../kernel/state.js';
import type { Store } from './store.js';

export function* livingRecords(state: BrokerState, segment: number): Generator<(store: Store) => void> {
  for (const session of state.sessions.values()) {
    if (!session.durable) continue;
    // QoS 2 identifiers have no record of their own to look at: they go with their session.
    if (session.home === segment)
      yield (store) => {
        store.sessionSaved(session);
        for (const packetId of session.inbound.keys()) store.inboundAdded(session, packetId);
      };
    else if (session.inbound.size > 0)
      yield (store) => {
        for (const packetId of session.inbound.keys()) store.inboundAdded(session, packetId);
      };
    for (const subscription of session.subscriptions.values())
      if (subscription.home === segment) yield (store) => store.subscriptionSaved(session, subscription);
  }
  for (const message of state.messages)
    if (message.home === segment || message.deliveries.some(({ home, done }) => !done && home === segment))
      yield (store) => store.messageStored(message);
  for (const retained of state.retained.byTopic.values()) if (retained.home === segment) yield (store) => store.retainedSaved(retained);
  for (const will of state.wills.values()) if (will.home === segment) yield (store) => store.willSaved(will);
}
