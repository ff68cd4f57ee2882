/** Who gets what: every subscription and listener in one tree, and the routes built from it. */
import { Route, StoredSubscriber, Target } from './route.js';
import type { Listener } from './route.js';
import { ShareGroup, type Sharing, type Subscriber, type Subscription } from './subscription.js';
import { type TreeOptions, TopicTree } from './topic-tree.js';

/** Routes kept, and characters of their topics; beyond that the cache starts anew. */
const ROUTES_MAX = 50_000;
const TOPIC_CHARACTERS_MAX = 8 * 1024 * 1024;
/** Routes looked at per {@link Routing.sweep}. */
const SWEEP_STEP = 5_000;

export class Routing {
  /** Subscriptions in the tree. */
  size = 0;
  readonly sharing: Sharing = { strategy: 'round-robin' };
  private generation = 0;
  private readonly subscriptions: TopicTree<Subscription | ShareGroup>;
  private readonly listeners: TopicTree<Listener>;
  private readonly routes = new Map<string, Route>();
  private topicCharacters = 0;
  private sweeper = this.routes.entries();

  constructor(options: TreeOptions = {}) {
    this.subscriptions = new TopicTree(options);
    this.listeners = new TopicTree(options);
  }

  add(subscription: Subscription): void {
    const { filter, share } = subscription;
    this.size++;
    if (share === null) this.subscriptions.add(filter, subscription);
    else this.group(filter, share).add(subscription);
    this.invalidate(filter);
  }

  remove(subscription: Subscription): void {
    const { filter, share } = subscription;
    this.size--;
    if (share === null) this.subscriptions.remove(filter, subscription);
    else {
      const group = this.group(filter, share);
      group.remove(subscription);
      if (group.size === 0) this.subscriptions.remove(filter, group);
    }
    this.invalidate(filter);
  }

  listen(filter: string, listener: Listener): void {
    this.listeners.add(filter, listener);
    this.invalidate(filter);
  }

  unlisten(filter: string, listener: Listener): void {
    this.listeners.remove(filter, listener);
    this.invalidate(filter);
  }

  unlistenAll(filter: string): void {
    for (const listener of [...this.listeners.valuesAt(filter)]) this.unlisten(filter, listener);
  }

  /** After a subscription's options or its session's connection changed. */
  invalidate(filter: string): void {
    if (!this.subscriptions.isExact(filter)) {
      this.generation++;
      return;
    }
    const route = this.routes.get(filter);
    if (route !== undefined) route.generation = -1;
  }

  /** After something that concerns every route. */
  invalidateAll(): void {
    this.generation++;
  }

  groupAt(filter: string, share: string): ShareGroup | null {
    for (const value of this.subscriptions.valuesAt(filter)) if (value instanceof ShareGroup && value.name === share) return value;
    return null;
  }

  isCurrent(route: Route): boolean {
    return route.generation === this.generation;
  }

  routeOf(topic: string): Route {
    let route = this.routes.get(topic);
    if (route === undefined) {
      if (this.routes.size >= ROUTES_MAX || this.topicCharacters > TOPIC_CHARACTERS_MAX) this.forgetRoutes();
      this.topicCharacters += topic.length;
      this.routes.set(topic, (route = new Route(topic)));
    }
    return route.generation === this.generation ? route : this.build(route);
  }

  /** `route` itself where it is still right. */
  refresh(route: Route): Route {
    if (route.generation === this.generation) return route;
    const fresh = this.routeOf(route.topic);
    // What waits for the disk keeps its place also when the cache has forgotten the topic meanwhile.
    if (fresh.lsn < route.lsn) fresh.lsn = route.lsn;
    return fresh;
  }

  /** Routes in the cache. */
  get cached(): number {
    return this.routes.size;
  }

  /**
   * Forgets routes that are no longer right: they hold on to sessions that have ended. To be called about once a second;
   * each call looks at a part.
   */
  sweep(): void {
    for (let left = SWEEP_STEP; left > 0; left--) {
      const next = this.sweeper.next();
      if (next.done === true) {
        this.sweeper = this.routes.entries();
        return;
      }
      const [topic, route] = next.value;
      if (route.generation === this.generation) continue;
      this.routes.delete(topic);
      this.topicCharacters -= topic.length;
    }
  }

  /** Publishers remember their last route; what is no longer in the map must not pass for current. */
  private forgetRoutes(): void {
    this.routes.clear();
    // The old one would hold all that was in the map until the next sweep.
    this.sweeper = this.routes.entries();
    this.topicCharacters = 0;
    this.generation++;
  }

  private group(filter: string, share: string): ShareGroup {
    const known = this.groupAt(filter, share);
    if (known !== null) return known;
    const group = new ShareGroup(share, filter, this.sharing);
    this.subscriptions.add(filter, group);
    return group;
  }

  private build(route: Route): Route {
    const targets = new Map<Subscriber, Target>();
    const stored: StoredSubscriber[] = [];
    const groups: ShareGroup[] = [];
    this.subscriptions.match(route.topic, (value) => {
      if (value instanceof ShareGroup) {
        groups.push(value);
        return;
      }
      const joined = targets.get(value.session);
      if (joined === undefined) targets.set(value.session, new Target(value.session, value));
      else joined.join(value);
      if (value.session.durable && value.options.qos > 0) stored.push(new StoredSubscriber(value));
    });
    const listeners: Listener[] = [];
    this.listeners.match(route.topic, (listener) => listeners.push(listener));
    route.targets = [...targets.values()];
    route.stored = stored;
    route.groups = groups;
    route.listeners = listeners;
    setUniform(route);
    route.generation = this.generation;
    return route;
  }
}

/** Offline targets do not count: they get no QoS 0, and their coming back invalidates the route. */
function setUniform(route: Route): void {
  route.uniform = 0;
  route.packetBytesMax = Number.MAX_SAFE_INTEGER;
  if (route.groups.length > 0 || route.listeners.length > 0) return;
  let version: 0 | 3 | 5 = 0;
  for (const { session, noLocal, identifiers } of route.targets) {
    if (session.keepsQos0) return;
    if (session.sink === null) continue;
    const own = session.sink.v5 ? 5 : 3;
    if (noLocal || identifiers !== null || session.sink.aliases !== null || (version !== 0 && version !== own)) return;
    version = own;
    route.packetBytesMax = Math.min(route.packetBytesMax, session.sink.packetBytesMax);
  }
  route.uniform = version;
}
