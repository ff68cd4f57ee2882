/**
 * aedes' MQEmitter, backed by our routing: `emit` is the fan-out. It calls back once, at once, and never waits for a
 * subscriber. Listeners (heartbeats, take-over across nodes, rules) hear of a message before clients get it.
 */
import type { FanOut } from './fan-out.js';
import { CarriedProperties, type AedesPacket, type Publication, publicationOf } from './publication.js';
import type { Listener, Route } from './route.js';
import type { Routing } from './routing.js';
import type { Subscription } from './subscription.js';

export type Picks = readonly (Subscription | null)[];

export class KernelEmitter {
  closed = false;
  readonly concurrency = 0;
  /** Other brokers hear what is emitted. */
  readonly isShared: boolean = false;
  /** Messages that are being emitted. */
  current = 0;

  constructor(
    private readonly routing: Routing,
    private readonly fanOut: FanOut,
    /** Members of shared subscriptions, chosen when the message was stored. */
    private readonly picks: WeakMap<object, Picks>,
  ) {}

  on(topic: string, listener: Listener, done?: () => void): this {
    this.routing.listen(topic, listener);
    if (done !== undefined) setImmediate(done);
    return this;
  }

  removeListener(topic: string, listener: Listener, done?: () => void): this {
    this.routing.unlisten(topic, listener);
    if (done !== undefined) setImmediate(done);
    return this;
  }

  removeAllListeners(topic: string, done?: () => void): this {
    this.routing.unlistenAll(topic);
    if (done !== undefined) setImmediate(done);
    return this;
  }

  emit(packet: AedesPacket, done: (error?: Error) => void = ignore): this {
    if (this.closed) {
      done(new Error('mqemitter is closed'));
      return this;
    }
    this.current++;
    const carried = CarriedProperties.publicationOf(packet);
    const route = carried?.route == null ? this.routing.routeOf(packet.topic) : this.routing.refresh(carried.route as Route);
    if (route.listeners.length > 0) this.tell(route, packet, carried);
    if (!route.isEmpty) {
      const publication = carried ?? publicationOf(packet);
      if (publication.qos === 0 && route.uniform !== 0 && !publication.retain && this.forward(route, publication)) {
        // The bytes went on as they came.
      } else this.fanOut.deliver(route, publication, route.groups.length > 0 ? this.picks.get(packet) : undefined);
    }
    this.current--;
    done();
    return this;
  }

  close(done: () => void): this {
    this.closed = true;
    setImmediate(done);
    return this;
  }

  /** Listeners may keep what they hear. */
  private tell({ listeners }: Route, packet: AedesPacket, carried: Publication | null): void {
    if (carried !== null) {
      carried.own();
      packet.payload = carried.payload;
    }
    for (const listener of listeners) listener.call(this, packet, ignore);
  }

  private forward(route: Route, publication: Publication): boolean {
    const wire = publication.wireFor(route.uniform === 5);
    if (wire === null || wire.end - wire.start > route.packetBytesMax) return false;
    this.fanOut.forward(route, wire);
    return true;
  }
}

function ignore(): void {}
