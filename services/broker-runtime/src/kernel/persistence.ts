/**
 * aedes' persistence contract over our state and store. `publish` of aedes calls storeRetained, subscriptionsByTopic
 * and outgoingEnqueueCombi; the will sweeper calls streamWill and delWill; the rest is there for whoever else speaks
 * the contract, and is gated by its own test suite.
 */
import { Readable } from 'node:stream';
import { parseFilter } from '@rookery/mqtt-codec/topics';
import { LimitError } from '../limits/limit-error.js';
import { StoredMessage } from '../session/delivery.js';
import type { Session } from '../session/session.js';
import type { SessionWorld } from '../session/session-world.js';
import { ContractQueue } from './contract-queue.js';
import type { Picks } from './mq.js';
import { type AedesPacket, CarriedProperties, type Publication, publicationOf } from './publication.js';
import { RetainedMessage } from './retained.js';
import type { Route, StoredSubscriber } from './route.js';
import { DONE, deferred, failed, type Settled, settled } from './settled.js';
import type { BrokerState } from './state.js';
import { Subscription, termsOf } from './subscription.js';
import { StoredWill, type WillPacket } from './wills.js';

const ALL_FULL = 'the queue of every subscriber is full';

interface ClientRef {
  id: string;
  brokerId?: string;
}

interface ContractSubscription {
  topic: string;
  clientId?: string;
  qos: 0 | 1 | 2;
  rh?: number;
  rap?: boolean;
  nl?: boolean;
  subscriptionIdentifier?: number;
}

/** What the policy says at the moment. */
export interface PersistenceRules {
  retainedMax(): number;
  mayPublishWill(clientId: string, topic: string): boolean;
}

export class KernelPersistence {
  broker: { id: string } = { id: '' };
  private readonly queue: ContractQueue;
  private destroyed = false;
  /** The retained message that was staged last, and what it replaced. */
  private staged: { packet: object; now: RetainedMessage | undefined; before: RetainedMessage | undefined } | null = null;

  constructor(
    private readonly state: BrokerState,
    private readonly world: SessionWorld,
    private readonly picks: WeakMap<object, Picks>,
    private readonly rules: PersistenceRules,
  ) {
    this.queue = new ContractQueue((clientId) => this.sessionFor(clientId));
  }

  async setup(broker: { id: string }): Promise<void> {
    this.broker = broker;
  }

  /**
   * Only stages: with QoS 1 and 2 the enqueueing of the same message carries the commit, and must not be overtaken by a
   * later message [MQTT-3.3.1-5]. An empty payload clears [MQTT-3.3.1-6].
   */
  storeRetained(packet: AedesPacket): Settled<void> {
    const { store } = this.world;
    const { retained } = this.state;
    const before = retained.byTopic.get(packet.topic);
    if (packet.payload.length === 0) {
      if (retained.delete(packet.topic)) store.retainedCleared(packet.topic);
      this.staged = { packet, now: undefined, before };
      return DONE;
    }
    if (store.refusal !== null) return failed(store.refusal);
    if (retained.size >= this.rules.retainedMax() && !retained.byTopic.has(packet.topic))
      return failed(new LimitError('retainedMax', 'the limit on retained messages is reached'));
    const message = new RetainedMessage(
      publicationOf(packet).keep(),
      CarriedProperties.publicationOf(packet) === null ? { ...packet } : null,
    );
    retained.set(message);
    store.retainedSaved(message);
    this.staged = { packet, now: message, before };
    return DONE;
  }

  /** Never fails: aedes would not call back. */
  subscriptionsByTopic(topic: string): Settled<readonly StoredSubscriber[]> {
    return settled(this.world.routing.routeOf(topic).stored);
  }

  /** Gives the message to every session that stores it; settles when that is committed. */
  outgoingEnqueueCombi(subscribers: readonly ContractSubscription[], packet: AedesPacket): Settled<void> {
    const { routing, store, queueRules, counters } = this.world;
    const publication = publicationOf(packet);
    const route = publication.route === null ? routing.routeOf(packet.topic) : routing.refresh(publication.route as Route);
    const shared = route.groups.some((group) => group.hasDurable);
    if (subscribers.length === 0 && !shared) {
      if (queueRules.refuses && route.refuses) {
        counters.hit('queueLengthMax');
        return this.refuse(packet, new Error(ALL_FULL));
      }
      if (!packet.retain && route.lsn <= store.committedLsn) return DONE;
      ownBytes(publication, packet);
      return this.committed(packet, null, packet.retain ? route : null);
    }
    if (store.refusal !== null) return this.refuse(packet, store.refusal);
    ownBytes(publication, packet);
    const message = new StoredMessage(publication);
    let refused = 0;
    if (subscribers === route.stored) refused = this.holdRouted(route, message, packet);
    else this.holdNamed(subscribers, message, packet);
    if (shared) refused += this.holdShared(route, message, packet);
    if (this.state.keep(message)) store.messageStored(message);
    // Each full queue has been counted already.
    else if (refused > 0 && !route.hasTaker) return this.refuse(packet, new Error(ALL_FULL));
    return this.committed(packet, message, route);
  }

  createRetainedStream(pattern: string): Readable {
    return this.createRetainedStreamCombi([pattern]);
  }

  createRetainedStreamCombi(patterns: readonly string[]): Readable {
    const found = patterns.flatMap((pattern) => [...this.state.retained.matching(pattern)]);
    return Readable.from(found.flatMap((message) => (message === null ? [] : [message.packet])));
  }

  async addSubscriptions(client: ClientRef, subscriptions: readonly ContractSubscription[]): Promise<void> {
    const session = this.sessionFor(client.id);
    for (const { topic, qos, rh, rap, nl, subscriptionIdentifier = 0 } of subscriptions) {
      const parsed = parseFilter(topic);
      if (parsed === null) throw new Error(`${topic} is no topic filter`);
      // What was not given stays away, so that it comes back as it went in.
      const options = { qos, retainHandling: rh, retainAsPublished: rap, noLocal: nl, identifier: subscriptionIdentifier };
      session.subscribe(new Subscription(session, topic, parsed.filter, parsed.share, options as Subscription['options']));
    }
  }

  async removeSubscriptions(client: ClientRef, topics: readonly string[]): Promise<void> {
    const session = this.state.sessions.get(client.id);
    for (const topic of topics) session?.unsubscribe(topic);
    if (session?.subscriptions.size === 0) this.state.end(session);
  }

  async subscriptionsByClient(client: ClientRef): Promise<ContractSubscription[]> {
    const session = this.state.sessions.get(client.id);
    return [...(session?.subscriptions.values() ?? [])].map(({ text, options }) => ({
      topic: text,
      qos: options.qos,
      rh: options.retainHandling,
      rap: options.retainAsPublished,
      nl: options.noLocal,
      ...(options.identifier > 0 && { subscriptionIdentifier: options.identifier }),
    }));
  }

  async cleanSubscriptions(client: ClientRef): Promise<void> {
    const session = this.state.sessions.get(client.id);
    if (session !== undefined) await this.removeSubscriptions(client, [...session.subscriptions.keys()]);
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    let subsCount = 0;
    let clientsCount = 0;
    for (const { subscriptions } of this.state.sessions.values()) {
      if (subscriptions.size > 0) clientsCount++;
      for (const { options } of subscriptions.values()) if (options.qos > 0) subsCount++;
    }
    return { subsCount, clientsCount };
  }

  async outgoingEnqueue(subscriber: ContractSubscription, packet: AedesPacket): Promise<void> {
    await this.outgoingEnqueueCombi([subscriber], packet);
  }

  async outgoingUpdate(client: ClientRef, packet: AedesPacket): Promise<void> {
    this.queue.update(client.id, packet);
  }

  async outgoingClearMessageId(client: ClientRef, packet: AedesPacket): Promise<AedesPacket | undefined> {
    return this.queue.clear(client.id, packet.messageId);
  }

  outgoingStream(client: ClientRef): Readable {
    return Readable.from(this.queue.of(client.id));
  }

  async incomingStorePacket(client: ClientRef, packet: AedesPacket): Promise<void> {
    this.queue.storeIncoming(client.id, packet);
  }

  async incomingGetPacket(client: ClientRef, packet: AedesPacket): Promise<AedesPacket> {
    return this.queue.incoming(client.id, packet.messageId);
  }

  async incomingDelPacket(client: ClientRef, packet: AedesPacket): Promise<void> {
    this.queue.deleteIncoming(client.id, packet.messageId);
  }

  async cleanIncoming(client: ClientRef): Promise<void> {
    this.queue.cleanIncoming(client.id);
  }

  async putWill(client: ClientRef, packet: WillPacket, delaySeconds = 0): Promise<void> {
    packet.brokerId = this.broker.id;
    packet.clientId = client.id;
    const will = new StoredWill(client.id, packet, delaySeconds, 0);
    this.state.wills.set(client.id, will);
    this.world.store.willSaved(will);
  }

  async getWill(client: ClientRef): Promise<WillPacket | undefined> {
    return this.state.wills.get(client.id)?.packet;
  }

  async delWill(client: ClientRef): Promise<WillPacket | undefined> {
    const will = this.state.wills.get(client.id);
    if (this.state.wills.delete(client.id)) this.world.store.willRemoved(client.id);
    return will?.packet;
  }

  /** Wills of processes that are gone, unless they are not due yet or their client has come back. */
  streamWill(brokers: Readonly<Record<string, unknown>> = {}): Readable {
    const now = this.world.now();
    const due = [...this.state.wills.values()].filter(
      ({ packet, dueAt, clientId }) =>
        !brokers[packet.brokerId ?? ''] &&
        dueAt <= now &&
        (this.state.sessions.get(clientId)?.sink ?? null) === null &&
        this.rules.mayPublishWill(clientId, packet.topic),
    );
    return Readable.from(due.map(({ packet }) => packet));
  }

  getClientList(topic: string): Readable {
    return Readable.from(
      [...this.state.sessions.values()].filter((session) => session.subscriptions.has(topic)).map(({ clientId }) => clientId),
    );
  }

  async destroy(): Promise<void> {
    if (this.destroyed) throw new Error('destroyed called twice!');
    this.destroyed = true;
  }

  /** A message that cannot be stored is refused, so it is taken back: nobody may get it, and it is not retained. */
  private committed(packet: AedesPacket, message: StoredMessage | null, route: Route | null): Settled<void> {
    const { store } = this.world;
    if (route !== null) route.lsn = store.lsn;
    const staged = this.stagedFor(packet);
    return deferred((done) =>
      store.whenCommitted((error) => {
        if (error !== null) this.takeBack(staged, message);
        done(error);
      }),
    );
  }

  private refuse(packet: AedesPacket, why: Error): Settled<void> {
    this.takeBack(this.stagedFor(packet), null);
    return failed(why);
  }

  private stagedFor(packet: AedesPacket): typeof this.staged {
    return this.staged?.packet === packet ? this.staged : null;
  }

  private takeBack(staged: typeof this.staged, message: StoredMessage | null): void {
    const { retained, sessions } = this.state;
    const { store } = this.world;
    const topic = (staged?.now ?? staged?.before)?.publication.topic;
    // A later message of the same topic has its own answer.
    if (staged !== null && topic !== undefined && retained.byTopic.get(topic) === staged.now) {
      if (staged.before === undefined) {
        retained.delete(topic);
        store.retainedCleared(topic);
      } else {
        retained.set(staged.before);
        store.retainedSaved(staged.before);
      }
    }
    if (message === null) return;
    const owners = new Map([...sessions.values()].map((session) => [session.number, session]));
    for (const delivery of message.deliveries) if (!delivery.done) owners.get(delivery.sessionNumber)?.complete(delivery);
  }

  private holdRouted(route: Route, message: StoredMessage, packet: AedesPacket): number {
    let refused = 0;
    for (const target of route.targets) {
      if (!target.session.durable || target.qos === 0) continue;
      if (target.noLocal && target.session.clientId === message.publication.publisherId) continue;
      if ((target.session as Session).hold(message, target, target.retainAsPublished && packet.retain) === null) refused++;
    }
    return refused;
  }

  /** Subscribers that the caller names itself. */
  private holdNamed(subscribers: readonly ContractSubscription[], message: StoredMessage, packet: AedesPacket): void {
    for (const { clientId, qos, rap = false } of subscribers) {
      const terms = { qos, retainAsPublished: rap, identifiers: null, share: null };
      const delivery = this.sessionFor(clientId!).hold(message, terms, rap && packet.retain);
      if (delivery !== null) this.queue.remember(delivery, packet);
    }
  }

  private holdShared(route: Route, message: StoredMessage, packet: AedesPacket): number {
    let refused = 0;
    const picks = route.groups.map((group) => group.pick());
    this.picks.set(packet, picks);
    for (const picked of picks) {
      if (picked === null || !picked.session.durable || picked.options.qos === 0) continue;
      const retain = picked.options.retainAsPublished && packet.retain;
      if ((picked.session as Session).hold(message, termsOf(picked), retain) === null) refused++;
    }
    return refused;
  }

  /** The contract names clients that never connected here; they get a session that lasts. */
  private sessionFor(clientId: string): Session {
    const known = this.state.sessions.get(clientId);
    if (known !== undefined) return known;
    const session = this.state.create(clientId, this.world);
    session.expirySeconds = 0xffffffff;
    session.disconnectedAt = this.world.now();
    this.world.store.sessionSaved(session);
    return session;
  }
}

/** The kernel emits the message after its commit, when the buffer it was read into holds other bytes. */
function ownBytes(publication: Publication, packet: AedesPacket): void {
  const carried = publication.payload === packet.payload;
  publication.own();
  if (carried) packet.payload = publication.payload;
}
