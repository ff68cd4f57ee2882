/** CONNECT to CONNACK (MQTT 5.0 §3.1.4): who is it, may it come in, which session does it get. */
import type { RuntimeLimit } from '@rookery/contracts/reports';
import type { ConnectPacket } from '@rookery/mqtt-codec/packets';
import type { Properties } from '@rookery/mqtt-codec/properties';
import { connackReturnCode, ReasonCode } from '@rookery/mqtt-codec/reason-codes';
import { countLevels } from '@rookery/mqtt-codec/topics';
import { AccessCache } from '../access/access-cache.js';
import { Publication } from '../kernel/publication.js';
import type { ClientLink } from './client-link.js';
import type { Session } from './session.js';
import { TopicAliases } from './topic-aliases.js';

const V3_CLIENT_ID_CHARACTERS_MAX = 23;

export function handshake(connection: ClientLink, packet: ConnectPacket): void {
  const { broker } = connection;
  connection.version = packet.version;
  connection.id = packet.clientId;
  connection.problemInformation = packet.properties.requestProblemInformation !== 0;
  connection.explainedAcks = packet.properties.requestProblemInformation === 1;
  const { maximumPacketSize, topicAliasMaximum = 0 } = packet.properties;
  const { sink } = connection;
  sink.v5 = packet.version === 5;
  if (maximumPacketSize !== undefined) sink.packetBytesMax = maximumPacketSize;
  sink.aliases = TopicAliases.upTo(topicAliasMaximum);
  const refusal = refuse(connection, packet);
  if (refusal !== null) {
    const { reasonCode, words } = refusal;
    return connection.refuse(reasonCode, connackReturnCode(reasonCode), words);
  }
  if (connection.id === '') connection.id = broker.newClientId();
  connection.access = new AccessCache(broker.policy, { clientId: connection.id, username: packet.username });
  const overQuota = beyondQuota(connection, packet);
  if (overQuota !== null) {
    broker.counters.hit(overQuota.limit);
    return connection.refuse(ReasonCode.QUOTA_EXCEEDED, 3, overQuota.words);
  }
  const { session, present } = openSession(connection, packet);
  enter(connection, packet, session, present);
}

interface Refusal {
  reasonCode: number;
  words: string;
}

function refuse(connection: ClientLink, packet: ConnectPacket): Refusal | null {
  const { policy } = connection.broker;
  const { properties, clientId, version, cleanStart, will } = packet;
  if (properties.authenticationMethod !== undefined)
    return { reasonCode: ReasonCode.BAD_AUTHENTICATION_METHOD, words: 'enhanced authentication is not offered' };
  // An empty identifier needs a clean session [MQTT-3.1.3-8]; MQTT 3.1 has none, and bounds its length.
  const tooShort = clientId === '' && (version === 3 || (version === 4 && !cleanStart));
  if (tooShort || (version === 3 && clientId.length > V3_CLIENT_ID_CHARACTERS_MAX))
    return { reasonCode: ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, words: 'the client identifier is not acceptable' };
  const reasonCode = policy.credentials.check(packet.username, packet.password);
  if (reasonCode !== ReasonCode.SUCCESS) return { reasonCode, words: 'user name or password is wrong, or one is needed' };
  if (will === null) return null;
  if (countLevels(will.topic) > policy.quotas.topicLevelsMax) {
    connection.broker.counters.hit('topicLevelsMax');
    return { reasonCode: ReasonCode.TOPIC_NAME_INVALID, words: 'the will topic has too many levels' };
  }
  const access = new AccessCache(policy, { clientId, username: packet.username });
  return access.mayPublish(will.topic) ? null : { reasonCode: ReasonCode.NOT_AUTHORIZED, words: 'the will topic is not allowed' };
}

/** A client that has a session, live or stored, always gets in; others need a place. */
function beyondQuota({ broker, id }: ClientLink, { username }: ConnectPacket): { limit: RuntimeLimit; words: string } | null {
  const { quotas } = broker.policy;
  const own = broker.state.sessions.get(id);
  if (own !== undefined && own.username === username) return null;
  const live = broker.kernel.clientOf(id) === undefined ? 0 : 1;
  if (broker.kernel.connectedClients - live >= quotas.clientsMax)
    return { limit: 'clientsMax', words: `the limit of ${quotas.clientsMax} connected clients is reached` };
  const known = own === undefined ? 0 : 1;
  if (broker.state.sessions.size - known >= quotas.sessionsMax)
    return { limit: 'sessionsMax', words: `the limit of ${quotas.sessionsMax} sessions is reached` };
  return null;
}

/** Takes over from an older connection [MQTT-3.1.4-3], then resumes the session or starts a new one [MQTT-3.1.2-4] [MQTT-3.1.2-5]. */
function openSession(connection: ClientLink, packet: ConnectPacket): { session: Session; present: boolean } {
  const { broker, id } = connection;
  broker.kernel.clientOf(id)?.close();
  const old = broker.state.sessions.get(id);
  // A session is resumed by its owner; another user name starts anew.
  if (old !== undefined && !packet.cleanStart && old.username === packet.username) {
    broker.wills.cancel(id);
    return { session: old, present: true };
  }
  if (old !== undefined) broker.wills.end(old);
  return { session: broker.state.create(id, broker), present: false };
}

function enter(connection: ClientLink, packet: ConnectPacket, session: Session, present: boolean): void {
  const { broker, sink } = connection;
  const { policy, store, kernel } = broker;
  const wanted = packet.version === 5 ? (packet.properties.sessionExpiryInterval ?? 0) : packet.cleanStart ? 0 : 0xffffffff;
  const window = Math.min(packet.properties.receiveMaximum ?? 65_535, policy.quotas.inflightMax);
  session.expirySeconds = policy.sessionExpiry(wanted);
  session.username = packet.username;
  session.v5 = packet.version === 5;
  session.disconnectedAt = 0;
  const keepAliveSeconds = policy.keepAlive(packet.keepAliveSeconds);
  connection.open(packet, session, keepAliveSeconds);
  const recorded = session.durable || session.home > 0;
  if (recorded) store.sessionSaved(session);
  dropForbidden(connection, session);
  kernel.register(connection);
  putWill(connection, packet);
  broker.counters.connectsAccepted++;
  // Nothing reaches the client before CONNACK [MQTT-3.2.0-1]: the session has no output until then.
  connection.suspend();
  const welcome = (error: Error | null) => {
    if (connection.closed) return;
    if (error !== null) return connection.refuse(ReasonCode.QUOTA_EXCEEDED, 3, `the session cannot be stored: ${error.message}`);
    const properties = packet.version === 5 ? answer(connection, packet, keepAliveSeconds) : {};
    connection.send({ type: 'connack', sessionPresent: present && packet.version > 3, reasonCode: 0, properties });
    session.attach(sink, window);
    session.pump();
    connection.resume();
  };
  if (recorded && store.refusal !== null && !present) welcome(store.refusal);
  else if (recorded) store.whenCommitted(welcome);
  else welcome(null);
}

/** Rules may have changed since the session was here last. */
function dropForbidden(connection: ClientLink, session: Session): void {
  for (const subscription of [...session.subscriptions.values()])
    if (!connection.access.maySubscribe(subscription.filter)) session.unsubscribe(subscription.text);
}

function putWill(connection: ClientLink, { will }: ConnectPacket): void {
  const { broker, id } = connection;
  if (will === null) {
    if (broker.state.wills.has(id)) void broker.persistence.delWill({ id });
    return;
  }
  const { willDelayInterval = 0, messageExpiryInterval, ...properties } = will.properties;
  const expiresAt = messageExpiryInterval === undefined ? 0 : broker.now() + messageExpiryInterval * 1000;
  const publication = new Publication(will.topic, will.payload, will.qos, will.retain, properties, expiresAt, id, false).keep();
  void broker.persistence.putWill({ id }, publication.toPacket(), willDelayInterval);
}

/** What the client must know that it did not ask for (§3.2.2.3). */
function answer(connection: ClientLink, packet: ConnectPacket, keepAliveSeconds: number): Properties {
  const { policy } = connection.broker;
  const { properties: asked } = packet;
  const answered: Properties = { maximumPacketSize: policy.quotas.packetBytesMax, topicAliasMaximum: policy.topicAliasMaximum };
  if (policy.receiveMaximum < 65_535) answered.receiveMaximum = policy.receiveMaximum;
  if (packet.clientId === '') answered.assignedClientIdentifier = connection.id;
  if (connection.broker.isShared) answered.sharedSubscriptionAvailable = 0;
  const expiry = connection.session!.expirySeconds;
  if (expiry !== (asked.sessionExpiryInterval ?? 0)) answered.sessionExpiryInterval = expiry;
  if (keepAliveSeconds !== packet.keepAliveSeconds) answered.serverKeepAlive = keepAliveSeconds;
  // Only to those who ask [MQTT-3.1.2-28].
  const information = asked.requestResponseInformation === 1 ? policy.responseInformation(connection.access.principal) : null;
  if (information !== null) answered.responseInformation = information;
  return answered;
}
