/**
 * The broker of one deployment, assembled. Owns the order of starting and stopping, and what a change of policy means
 * for clients that are connected. It knows one tenant, no database and no control plane.
 */
import { randomUUID } from 'node:crypto';
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import { ReasonCode } from '@rookery/mqtt-codec/reason-codes';
import { BridgedEmitter } from './kernel/bridged-emitter.js';
import { FanOut } from './kernel/fan-out.js';
import { AedesKernel } from './kernel/kernel.js';
import type { KernelClient } from './kernel/kernel-client.js';
import { KernelEmitter, type Picks } from './kernel/mq.js';
import { KernelPersistence, type PersistenceRules } from './kernel/persistence.js';
import { Routing } from './kernel/routing.js';
import { SharedPersistence } from './kernel/shared-persistence.js';
import { BrokerState } from './kernel/state.js';
import type { StoredMessages } from './session/stored-messages.js';
import { LimitError } from './limits/limit-error.js';
import { TokenBucket } from './limits/token-bucket.js';
import { LivePolicy } from './policy/live-policy.js';
import type { QueueRules } from './policy/queue-rules.js';
import type { BrokerContext } from './session/broker-context.js';
import { Connection, type ConnectionArrivals } from './session/connection.js';
import { Outlet } from './session/outlet.js';
import { WillDelays } from './session/will-delays.js';
import { LogStore } from './store/log-store.js';
import { MemoryStore } from './store/memory-store.js';
import type { RedisOptions } from './store/redis-contracts.js';
import { RedisStore } from './store/redis-store.js';
import type { Store } from './store/store.js';
import { Counters } from './telemetry/counters.js';
import { FaultLog } from './telemetry/fault-log.js';
import type { ClientEvent } from './telemetry/journal.js';
import { SendRates } from './telemetry/send-rates.js';
import type { Transport } from './transport/transport.js';

const CHECK_MS = 1_000;

export interface BrokerOptions {
  deploymentId: string;
  /** A fresh id of this process start. */
  incarnation: string;
  /** Folder of the store; null = memory only. */
  dataFolder: string | null;
  /** Whether each commit is synced before it counts. */
  synchronous: boolean;
  /** A Redis that this broker shares with others, instead of a folder of its own. */
  redis?: RedisOptions | null;
  note: (event: ClientEvent) => void;
  onError: (error: Error) => void;
}

export class Broker implements BrokerContext {
  readonly ticks = (): number => performance.now();
  readonly counters = new Counters();
  readonly policy = new LivePolicy();
  readonly state = new BrokerState();
  readonly routing = new Routing();
  readonly outlet = new Outlet();
  readonly fanOut = new FanOut(this.outlet, this.counters, () => this.now());
  readonly messageRate = new TokenBucket(this.policy.quotas.messagesPerSecondMax, performance.now());
  readonly connections = new Set<Connection>();
  readonly faults = new FaultLog(() => this.now());
  readonly sendRates = new SendRates(
    () => this.state.sessions.values(),
    () => this.ticks(),
  );
  asynchronous = false;
  /** When the last client that had been let in went, or when this broker started; ms since 1970. */
  idleSince = Date.now();
  store!: Store;
  kernel!: AedesKernel;
  persistence!: KernelPersistence;
  wills!: WillDelays;
  private checks: NodeJS.Timeout | null = null;

  private constructor(private readonly options: BrokerOptions) {}

  static async start(options: BrokerOptions): Promise<Broker> {
    const broker = new Broker(options);
    await broker.openStore();
    await broker.openKernel();
    broker.checks = setInterval(() => broker.check(), CHECK_MS).unref();
    return broker;
  }

  /** New at every start, and told to the other brokers where there are any. */
  get id(): string {
    return `${this.options.deploymentId}.${this.options.incarnation}`;
  }

  /** Whether other brokers serve the same deployment: shared subscriptions would be served once by each. */
  get isShared(): boolean {
    return this.store instanceof RedisStore;
  }

  get messages(): StoredMessages {
    return this.state.messages;
  }

  note(event: ClientEvent): void {
    this.faults.note(event);
    this.options.note(event);
  }

  get onError(): BrokerContext['onError'] {
    return this.options.onError;
  }

  now(): number {
    return Date.now();
  }

  readonly onRefused = (error?: Error | null): void => {
    if (error instanceof LimitError) this.counters.hit(error.limit);
  };

  get queueRules(): QueueRules {
    return this.policy.queueRules;
  }

  newClientId(): string {
    return `auto-${randomUUID()}`;
  }

  /** A client has reached us; bytes follow through the returned events. */
  accept(transport: Transport, arrivals: ConnectionArrivals): Connection {
    const connection = new Connection(this, transport, arrivals);
    this.connections.add(connection);
    return connection;
  }

  ended(client: KernelClient): void {
    const connection = client as Connection;
    this.connections.delete(connection);
    if (connection.connectedAt > 0) this.idleSince = this.now();
  }

  /** Enforces a policy on everyone, also on those who are connected. An older revision changes nothing. */
  applyPolicy(document: PolicyDocument): void {
    if (document.revision < this.policy.revision) return;
    const { credentials } = this.policy;
    this.policy.replace(document);
    const { quotas } = document;
    this.messageRate.setRate(quotas.messagesPerSecondMax);
    this.store.limit(quotas.storeBytesMax);
    this.routing.sharing.strategy = document.sharedSubscriptions.strategy;
    this.routing.invalidateAll();
    for (const session of [...this.state.sessions.values()]) {
      session.expirySeconds = this.policy.sessionExpiry(session.expirySeconds);
      const connection = this.connectionOf(session.clientId);
      if (connection !== null && !this.policy.credentials.isSameAs(credentials, session.username)) {
        connection.disconnect(ReasonCode.NOT_AUTHORIZED, 'the credential was removed or changed');
        continue;
      }
      this.dropForbidden(session.clientId);
      if (connection === null) this.wills.plan(session);
      else connection.applyPolicy();
    }
  }

  /** Ends a client's connection on behalf of an operator. */
  disconnectClient(clientId: string): boolean {
    const connection = this.connectionOf(clientId);
    connection?.disconnect(ReasonCode.ADMINISTRATIVE_ACTION, 'an administrator has ended the connection');
    return connection !== null;
  }

  connectionOf(clientId: string): Connection | null {
    return (this.kernel.clientOf(clientId) as Connection | undefined) ?? null;
  }

  mayPublishWill(clientId: string, topic: string): boolean {
    const username = this.state.sessions.get(clientId)?.username ?? null;
    return this.policy.accessOf({ clientId, username }).mayPublish(topic).allowed;
  }

  /** Clients hear that the server goes [MQTT-3.14.4], then everything is committed and closed. */
  async stop(): Promise<void> {
    if (this.checks !== null) clearInterval(this.checks);
    for (const connection of [...this.connections]) connection.disconnect(ReasonCode.SERVER_SHUTTING_DOWN, 'the broker is stopping');
    this.wills.stop();
    await this.kernel.close();
    await this.store.close();
  }

  private async openStore(): Promise<void> {
    const { dataFolder, synchronous, redis = null, onError } = this.options;
    if (redis !== null) {
      this.store = await RedisStore.open(redis, this.state.retained, this.id, onError);
      this.asynchronous = true;
      return;
    }
    if (dataFolder === null) {
      this.store = new MemoryStore();
      return;
    }
    const store = await LogStore.open(dataFolder, synchronous, this.state);
    this.store = store;
    store.load(this, this.policy.quotas.inflightMax);
  }

  private async openKernel(): Promise<void> {
    const picks = new WeakMap<object, Picks>();
    const { onError } = this.options;
    const rules: PersistenceRules = {
      retainedMax: () => this.policy.quotas.retainedMax,
      mayPublishWill: (clientId, topic) => this.mayPublishWill(clientId, topic),
    };
    let emitter: KernelEmitter;
    if (this.store instanceof RedisStore) {
      const bridged = new BridgedEmitter(this.store, this.id, this.routing, this.fanOut, picks);
      await bridged.connect();
      emitter = bridged;
      this.persistence = new SharedPersistence(this.store, this.state, this, picks, rules);
    } else {
      emitter = new KernelEmitter(this.routing, this.fanOut, picks);
      this.persistence = new KernelPersistence(this.state, this, picks, rules);
    }
    this.kernel = await AedesKernel.start(this.id, emitter, this.persistence, onError);
    this.wills = new WillDelays({
      state: this.state,
      persistence: this.persistence,
      kernel: this.kernel,
      now: () => this.now(),
      mayPublishWill: (clientId, topic) => this.mayPublishWill(clientId, topic),
      willSaved: (will) => this.store.willSaved(will),
    });
  }

  /** Starts the clocks of stored sessions; to be called when the first policy is in force. */
  planStored(): void {
    for (const session of this.state.sessions.values()) if (session.sink === null) this.wills.plan(session);
  }

  private dropForbidden(clientId: string): void {
    const session = this.state.sessions.get(clientId)!;
    if (session.subscriptions.size === 0) return;
    const access = this.policy.accessOf({ clientId, username: session.username });
    for (const { text, filter } of [...session.subscriptions.values()]) if (!access.maySubscribe(filter).allowed) session.unsubscribe(text);
  }

  private check(): void {
    this.routing.sweep();
    this.counters.bytesSent = this.outlet.bytesSent;
    for (const connection of this.connections) connection.checkSlowness();
    this.sendRates.tick();
  }
}
