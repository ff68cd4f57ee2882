/** Faults in the broker, each keyed by the statement that it breaks. */
import type { Mutation } from './mutation.ts';

const file = (name: string, ...rows: [id: string, from: string, to: string][]): Mutation[] =>
  rows.map(([id, from, to]) => ({ id, file: `services/broker-runtime/src/${name}`, from, to }));

export const BROKER_MUTATIONS: Mutation[] = [
  ...file(
    'session/connection.ts',
    [
      'MQTT-3.1.0-1',
      "return this.fail(new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.1.0-1'",
      "return void (new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.1.0-1'",
    ],
    [
      'MQTT-3.1.0-2',
      "return this.fail(new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.1.0-2'",
      "return void (new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-3.1.0-2'",
    ],
    ['MQTT-3.1.2-8', 'if (this.sendWill) wills.release', 'if (!this.sendWill) wills.release'],
    ['MQTT-3.14.4-3', 'this.sendWill = reasonCode === ReasonCode.DISCONNECT_WITH_WILL;', ''],
    ['MQTT-3.1.2-22', 'keepAliveSeconds * 1500', 'keepAliveSeconds * 2500'],
    ['MQTT311-3.1.2-24', 'keepAliveSeconds * 1500', 'keepAliveSeconds * 1000'],
    ['MQTT-3.1.2-24', 'if (bytes.length > sink.packetBytesMax &&', 'if (bytes.length < 0 &&'],
    ['MQTT-3.1.2-29', 'this.v5 && this.problemInformation', 'this.v5'],
    ['MQTT-3.1.4-3', 'this.disconnect(ReasonCode.SESSION_TAKEN_OVER,', 'this.disconnect(ReasonCode.SERVER_BUSY,'],
    ['MQTT-3.2.2-6', "this.send({ type: 'connack', sessionPresent: false,", "this.send({ type: 'connack', sessionPresent: true,"],
    [
      'MQTT311-3.1.2-2',
      'return this.refuse(fault.reasonCode, 1, fault.message);',
      'return this.refuse(fault.reasonCode, 2, fault.message);',
    ],
    ['MQTT-3.12.4-1', 'return this.broker.outlet.send(this.sink, PINGRESP);', 'return;'],
    [
      'MQTT-4.12.0-7',
      "return this.fail(new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-4.12.0-6'",
      "return void (new Fault(ReasonCode.PROTOCOL_ERROR, 'MQTT-4.12.0-6'",
    ],
  ),
  ...file(
    'session/handshake.ts',
    ['MQTT-3.1.2-4', '!packet.cleanStart && old.username', 'old.username'],
    ['MQTT-3.2.2-3', 'return { session: old, present: true };', 'return { session: old, present: false };'],
    ['MQTT-3.2.2-2', 'session: broker.state.create(id, broker), present: false', 'session: broker.state.create(id, broker), present: true'],
    ['MQTT-3.1.2-28', 'asked.requestResponseInformation === 1', 'asked.requestResponseInformation !== 0'],
    ['MQTT-3.1.3-7', "if (packet.clientId === '') answered", "if (packet.clientId === '?') answered"],
    ['MQTT-3.1.2-15', 'will.qos, will.retain, properties', 'will.qos, false, properties'],
    ['MQTT-3.1.2-14', 'will.qos, will.retain, properties', 'will.qos, true, properties'],
    ['MQTT-4.12.0-1', 'if (properties.authenticationMethod !== undefined)', 'if (properties.authenticationMethod === null)'],
    ['MQTT311-3.1.3-8', '(version === 4 && !cleanStart)', '(version === 4 && cleanStart)'],
    ['MQTT-3.1.2-23', 'session.expirySeconds = policy.sessionExpiry(wanted);', 'session.expirySeconds = 0;'],
  ),
  ...file('broker.ts', ['MQTT-3.2.2-16', 'return `auto-${randomUUID()}`;', "return 'auto-matic';"]),
  ...file(
    'session/publish-receiver.ts',
    ['MQTT-3.3.2-12', 'topicAlias > policy.topicAliasMaximum', 'topicAlias >= policy.topicAliasMaximum'],
    ['MQTT-3.3.2-9', 'topicAlias > policy.topicAliasMaximum', 'topicAlias > policy.topicAliasMaximum + 1'],
    ['MQTT-3.3.4-6', 'if (subscriptionIdentifiers !== undefined)', 'if (subscriptionIdentifiers === null)'],
    ['MQTT-4.3.3-10', 'qos === 2 && session!.inbound.has(packetId)', 'qos === 3 && session!.inbound.has(packetId)'],
    ['MQTT-4.3.3-12', 'if (!session.inbound.delete(packetId)) {', 'if (!session.inbound.has(packetId)) {'],
    [
      'MQTT-4.3.3-9',
      'if (qos === 2 && !connection.v5) connection.session!.inbound.set(packetId, true);',
      'if (qos === 2) connection.session!.inbound.set(packetId, true);',
    ],
    ['MQTT311-3.3.5-2', 'else outlet.acknowledge(connection.sink, qos === 1 ? PUBACK : PUBREC, packetId);', ''],
  ),
  ...file(
    'session/subscribing.ts',
    ['MQTT-3.3.1-10', 'retainHandling === 0 || (retainHandling === 1 && !known)', 'retainHandling !== 2'],
    ['MQTT-3.3.1-11', 'retainHandling === 0 || (retainHandling === 1 && !known)', '!known'],
    ['MQTT-3.3.1-9', 'retainHandling === 0 || (retainHandling === 1 && !known)', 'retainHandling !== 2 && !known'],
    ['MQTT311-3.9.3-2', 'codes.map((code) => (code < 0x80 ? code : 0x80))', 'codes'],
    ['MQTT-3.11.3-2', 'ReasonCode.NO_SUBSCRIPTION_EXISTED', 'ReasonCode.NO_MATCHING_SUBSCRIBERS'],
    ['MQTT-3.9.3-1', 'reasonCodes: answered });', 'reasonCodes: answered.toReversed() });'],
  ),
  ...file(
    'session/session.ts',
    ['MQTT-3.3.1-1', 'delivery.sent = true;\n    if (qos === 0)', 'if (qos === 0)'],
    ['MQTT-3.3.2-5', 'if (!dup && publication.isExpired(now)) return false;', ''],
    ['MQTT-4.3.3-7', 'if (!dup && publication.isExpired(now)) return false;', 'if (publication.isExpired(now)) return false;'],
    [
      'MQTT-3.3.4-9',
      'this.inflight.size < this.window && this.sink?.congested',
      'this.inflight.size <= this.window && this.sink?.congested',
    ],
    ['MQTT-3.8.4-3', 'known.options = subscription.options;', ''],
    ['MQTT-3.10.4-2', 'this.world.routing.remove(subscription);', ''],
    ['MQTT-3.10.4-3', 'this.subscriptions.delete(text);', 'this.subscriptions.delete(text);\n    this.inflight.clear();'],
    ['MQTT-4.3.2-3', 'if (delivery?.qos !== 1) return delivery === undefined;', 'if (delivery?.qos !== 1) return true;'],
    ['MQTT-4.3.3-6', 'if (next.released) this.resendRelease(next);', 'if (next.done) this.resendRelease(next);'],
    ['MQTT-4.4.0-2', 'if (reasonCode >= 0x80) {\n      this.inflight.delete', 'if (reasonCode > 0xff) {\n      this.inflight.delete'],
    ['MQTT-4.4.0-1', 'this.waiting.resend(this.underWay());', ''],
    ['MQTT311-4.3.3-1', 'if (error === null) this.world.outlet.acknowledge(sink, PUBREL, packetId);', ''],
  ),
  ...file('session/fifo.ts', ['MQTT311-4.6.0-1', 'this.items = [...items, ...this];', 'this.items = [...this, ...items.toReversed()];']),
  ...file(
    'session/topic-aliases.ts',
    ['MQTT-3.1.2-26', 'this.known.size < this.max ?', 'this.known.size <= this.max ?'],
    [
      'MQTT-3.1.2-27',
      'topicAliasMaximum === 0 ? null : new TopicAliases(Math.min(topicAliasMaximum, TopicAliases.MAX))',
      'new TopicAliases(TopicAliases.MAX)',
    ],
  ),
  ...file('session/pass-on.ts', ['MQTT-4.8.2-5', '(qos < 2 || !sent)', 'qos < 3']),
  ...file('session/will-delays.ts', ['MQTT-4.1.0-2', 'setTimeout(() => this.due(session),', 'setTimeout(() => {},']),
  ...file(
    'kernel/persistence.ts',
    ['MQTT-3.3.1-5', 'retained.set(message);', 'if (!retained.byTopic.has(packet.topic)) retained.set(message);'],
    ['MQTT-3.3.1-6', 'if (retained.delete(packet.topic)) store.retainedCleared(packet.topic);', ''],
    ['MQTT-3.3.1-7', 'if (packet.payload.length === 0) {', 'if (packet.payload.length < 0) {'],
  ),
  ...file(
    'kernel/fan-out.ts',
    ['MQTT-3.8.3-3', 'if (target.noLocal && target.session.clientId', 'if (target.retainAsPublished && target.session.clientId'],
    ['MQTT-3.3.1-12', 'terms.retainAsPublished && publication.retain', 'publication.retain'],
  ),
  ...file(
    'kernel/route.ts',
    ['MQTT-3.3.4-2', 'if (options.qos > this.qos)', 'if (options.qos < this.qos)'],
    ['MQTT-3.3.4-4', '(this.identifiers ??= []).push(options.identifier);', 'this.identifiers = [options.identifier];'],
    ['MQTT-3.3.1-13', 'this.retainAsPublished = options.retainAsPublished;', 'this.retainAsPublished = false;'],
  ),
  ...file(
    'kernel/publication.ts',
    ['MQTT-3.3.2-6', '(this.expiresAt - now) / 1000', 'this.expiresAt / 1000_000_000'],
    ['MQTT-2.2.2-1', 'fields?.length ?? 0', 'fields?.length ?? 1'],
  ),
  ...file(
    'kernel/topic-tree.ts',
    ['MQTT-4.7.2-1', "const wild = at > 0 || !level!.startsWith('$');", 'const wild = true;'],
    [
      'MQTT-3.3.2-3',
      'if (one !== undefined) this.walk(one, levels, at + 1, visit);',
      'if (one !== undefined) this.walk(one, levels, levels.length, visit);',
    ],
  ),
];
