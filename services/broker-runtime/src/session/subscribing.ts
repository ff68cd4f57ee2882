/** SUBSCRIBE and UNSUBSCRIBE (MQTT 5.0 §3.8–3.11), and the retained messages that follow a subscription. */
import type { RuntimeLimit } from '@rookery/contracts/reports';
import type { SubscribePacket, SubscriptionRequest, UnsubscribePacket } from '@rookery/mqtt-codec/packets';
import { ReasonCode } from '@rookery/mqtt-codec/reason-codes';
import { countLevels, parseFilter } from '@rookery/mqtt-codec/topics';
import { Subscription } from '../kernel/subscription.js';
import type { ClientLink } from './client-link.js';
import { RetainedReplay } from './retained-replay.js';

/** Why a subscription is refused, in words. */
const REFUSALS: Record<number, string> = {
  [ReasonCode.NOT_AUTHORIZED]: 'the access rules do not allow this topic filter',
  [ReasonCode.QUOTA_EXCEEDED]: 'the limit on subscriptions or on stored data is reached',
  [ReasonCode.TOPIC_FILTER_INVALID]: 'the topic filter has too many levels',
};

export function receiveSubscribe(connection: ClientLink, packet: SubscribePacket): void {
  const { broker } = connection;
  const session = connection.session!;
  const identifier = packet.properties.subscriptionIdentifiers?.[0] ?? 0;
  const replays: RetainedReplay[] = [];
  const before = new Set(session.subscriptions.keys());
  const reasonCodes = packet.subscriptions.map((request) => subscribe(connection, request, identifier, replays));
  const answer = (error: Error | null) => {
    // What is refused may not deliver anything.
    if (error !== null) for (const { filter } of packet.subscriptions) if (!before.has(filter)) session.unsubscribe(filter);
    if (connection.closed) return;
    const codes = error === null ? reasonCodes : reasonCodes.map((code) => (code < 0x80 ? ReasonCode.QUOTA_EXCEEDED : code));
    // MQTT 3.1.1 knows one code for "no" [MQTT-3.9.3-2].
    const answered = connection.v5 ? codes : codes.map((code) => (code < 0x80 ? code : 0x80));
    const refused = codes.find((code) => code >= 0x80);
    const properties = refused === undefined ? {} : connection.words(REFUSALS[refused] ?? 'the subscription is refused');
    connection.send({ type: 'suback', packetId: packet.packetId, properties, reasonCodes: answered });
    if (error === null) for (const replay of replays) replay.start();
  };
  if (session.durable) broker.store.whenCommitted(answer);
  else answer(null);
}

function subscribe(connection: ClientLink, request: SubscriptionRequest, identifier: number, replays: RetainedReplay[]): number {
  const { broker, access } = connection;
  const { quotas } = broker.policy;
  const session = connection.session!;
  const { filter, share } = parseFilter(request.filter)!;
  if (countLevels(filter) > quotas.topicLevelsMax) return limited(connection, 'topicLevelsMax', ReasonCode.TOPIC_FILTER_INVALID);
  if (!access.maySubscribe(filter)) {
    broker.counters.subscribesDenied++;
    return ReasonCode.NOT_AUTHORIZED;
  }
  // Each broker would give the message to a member of its own.
  if (share !== null && broker.isShared) return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
  const known = session.subscriptions.has(request.filter);
  if (!known && session.subscriptions.size >= quotas.subscriptionsPerClientMax)
    return limited(connection, 'subscriptionsPerClientMax', ReasonCode.QUOTA_EXCEEDED);
  if (session.durable && broker.store.refusal !== null) return limited(connection, 'storeBytesMax', ReasonCode.QUOTA_EXCEEDED);
  const { qos, noLocal, retainAsPublished, retainHandling } = request;
  const subscription = new Subscription(session, request.filter, filter, share, {
    qos,
    noLocal,
    retainAsPublished,
    retainHandling,
    identifier,
  });
  session.subscribe(subscription);
  // Never for shared subscriptions (§4.8.2); else as Retain Handling says [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11].
  const wanted = retainHandling === 0 || (retainHandling === 1 && !known);
  if (share === null && wanted && broker.state.retained.size > 0) replays.push(new RetainedReplay(connection, subscription));
  return qos;
}

function limited(connection: ClientLink, limit: RuntimeLimit, reasonCode: number): number {
  connection.broker.counters.hit(limit);
  return reasonCode;
}

export function receiveUnsubscribe(connection: ClientLink, packet: UnsubscribePacket): void {
  const session = connection.session!;
  const reasonCodes = packet.filters.map((filter) =>
    session.unsubscribe(filter) ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED,
  );
  const answer = (error: Error | null) => {
    if (connection.closed) return;
    if (error !== null && !connection.v5) return connection.disconnect(ReasonCode.QUOTA_EXCEEDED, 'the store does not take the change');
    const codes = error === null ? reasonCodes : reasonCodes.map(() => ReasonCode.UNSPECIFIED_ERROR);
    connection.send({ type: 'unsuback', packetId: packet.packetId, properties: {}, reasonCodes: codes });
  };
  if (session.durable) connection.broker.store.whenCommitted(answer);
  else answer(null);
}
