/**
 * The part of the persistence contract that addresses queues by packets, as aedes' own client class would. The queues
 * are those of our sessions; a packet is how the contract sees one of their deliveries.
 */
import type { Delivery } from '../session/delivery.js';
import type { Session } from '../session/session.js';
import type { AedesPacket } from './publication.js';

type Sessions = (clientId: string) => Session;

export class ContractQueue {
  private readonly views = new WeakMap<Delivery, AedesPacket>();
  private readonly incomingPackets = new Map<string, Map<number, AedesPacket>>();

  constructor(private readonly sessionFor: Sessions) {}

  /** Remembers what a packet looked like when it was queued. */
  remember(delivery: Delivery, packet: AedesPacket): void {
    this.views.set(delivery, copyOf(packet));
  }

  of(clientId: string): AedesPacket[] {
    return [...this.sessionFor(clientId).outgoing()].map((delivery) => ({ ...this.view(delivery) }));
  }

  /** Gives a queued packet its identifier, or replaces it by the PUBREL that follows it. */
  update(clientId: string, packet: AedesPacket): void {
    for (const delivery of this.sessionFor(clientId).outgoing()) {
      const view = this.view(delivery);
      if (view.brokerId === packet.brokerId && view.brokerCounter === packet.brokerCounter) {
        view.messageId = packet.messageId!;
        return;
      }
      if (view.brokerId !== packet.brokerId && view.messageId === packet.messageId) {
        this.views.set(delivery, packet);
        return;
      }
    }
    throw new Error('no such packet');
  }

  clear(clientId: string, messageId: number | undefined): AedesPacket | undefined {
    const session = this.sessionFor(clientId);
    for (const delivery of session.outgoing()) {
      const view = this.view(delivery);
      if (view.messageId === undefined || view.messageId !== messageId) continue;
      session.complete(delivery);
      return view;
    }
    return undefined;
  }

  storeIncoming(clientId: string, packet: AedesPacket): void {
    let packets = this.incomingPackets.get(clientId);
    if (packets === undefined) this.incomingPackets.set(clientId, (packets = new Map()));
    packets.set(packet.messageId!, { ...copyOf(packet), messageId: packet.messageId! });
  }

  incoming(clientId: string, messageId: number | undefined): AedesPacket {
    const packet = this.incomingPackets.get(clientId)?.get(messageId!);
    if (packet === undefined) throw new Error('no such packet');
    return packet;
  }

  deleteIncoming(clientId: string, messageId: number | undefined): void {
    if (this.incomingPackets.get(clientId)?.delete(messageId!) !== true) throw new Error('no such packet');
  }

  cleanIncoming(clientId: string): void {
    this.incomingPackets.delete(clientId);
  }

  private view(delivery: Delivery): AedesPacket {
    let view = this.views.get(delivery);
    if (view === undefined) this.views.set(delivery, (view = copyOf(delivery.publication.toPacket())));
    return view;
  }
}

/** What aedes' own Packet class would keep. */
function copyOf(packet: AedesPacket): AedesPacket {
  const { cmd, brokerId, brokerCounter = 0, topic, payload, qos, retain, dup } = packet;
  const copy = { cmd: cmd ?? 'publish', brokerId, brokerCounter, topic, payload, qos, retain, dup: dup ?? false, messageId: undefined };
  const optional = ['clientId', 'nl', 'properties', 'messageExpiry'] as const;
  for (const key of optional)
    if (Object.hasOwn(packet, key)) Object.assign(copy, { [key]: (packet as unknown as Record<string, unknown>)[key] });
  return copy as unknown as AedesPacket;
}
