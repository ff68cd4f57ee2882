/** Messages of a shared subscription that one member will not take any more go to another (§4.8.2). */
import { parseFilter } from '@rookery/mqtt-codec/topics';
import type { FanOut } from '../kernel/fan-out.js';
import type { Routing } from '../kernel/routing.js';
import { termsOf } from '../kernel/subscription.js';
import type { Delivery } from './delivery.js';

export interface PassOnWorld {
  readonly routing: Routing;
  readonly fanOut: FanOut;
}

/** False when nobody else can take it. `connectedOnly`: not into the queue of a member that is away itself. */
export function passOn({ routing, fanOut }: PassOnWorld, { publication, share }: Delivery, connectedOnly: boolean): boolean {
  const parsed = parseFilter(share!)!;
  const group = routing.groupAt(parsed.filter, parsed.share!);
  const member = (connectedOnly ? group?.pickConnected() : group?.pick()) ?? null;
  if (member === null) return false;
  const terms = termsOf(member);
  if (terms.qos === 0 || publication.qos === 0)
    fanOut.sendOnce(member.session, publication, terms, terms.retainAsPublished && publication.retain);
  else if (member.session.durable) member.session.store(publication, terms);
  else member.session.offer(publication, terms);
  return true;
}

/** A QoS 2 message that may have reached a client goes to nobody else [MQTT-4.8.2-5]. */
export function mayPassOn({ share, sent, released, qos }: Delivery): boolean {
  return share !== null && !released && (qos < 2 || !sent);
}
