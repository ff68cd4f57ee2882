/** A message on its way to one session, and the stored message that several deliveries share. */
import type { QoS } from '@rookery/mqtt-codec/packets';
import type { Publication } from '../kernel/publication.js';

const NONE: readonly Delivery[] = [];

/** A message of QoS 1 or 2 that the store holds until every session is done with it. */
export class StoredMessage {
  /** Store segment that holds its newest record. */
  home = 0;
  /** Deliveries that are not done. */
  pending = 0;
  /** Among the stored messages; -1 = not one of them. */
  place = -1;
  deliveries: readonly Delivery[] = NONE;

  constructor(readonly publication: Publication) {}

  add(delivery: Delivery): void {
    this.pending++;
    // Most have one; an array that begins empty would take room for seventeen.
    if (this.deliveries.length === 0) this.deliveries = [delivery];
    else (this.deliveries as Delivery[]).push(delivery);
  }
}

export class Delivery {
  /** Sent before and not acknowledged: DUP is set when it is sent again [MQTT-3.3.1-1]. */
  sent = false;
  /** QoS 2: PUBREC has arrived, PUBREL is what is sent from now on. */
  released = false;
  done = false;
  /** Its turn among all that was sent to its session. */
  turn = 0;
  /** Commit that holds it; it is not sent before. */
  lsn = 0;
  /** Store segment of the record that says it is released. */
  home = 0;
  /** Priority of its topic; 0 = none. */
  priority = 0;
  /** Milliseconds since 1970 after which it is not worth sending; 0 = the message's own expiry alone counts. */
  sendBefore = 0;

  constructor(
    /** Owner, by its number in the store. */
    readonly sessionNumber: number,
    /** Position in the queue of its session. The packet identifier follows from it, so that it is the same after a crash. */
    readonly sequence: number,
    readonly publication: Publication,
    readonly qos: QoS,
    readonly retain: boolean,
    readonly identifiers: readonly number[] | null,
    /** Null for a message that is not stored. */
    readonly message: StoredMessage | null,
    /** The shared subscription it belongs to, as the client wrote it; null for an ordinary one. */
    readonly share: string | null = null,
  ) {}
}

/** Packet identifiers that there are: 1 to 65,535. */
export const PACKET_IDS = 65_535;

export function packetIdOf(sequence: number): number {
  return (sequence % PACKET_IDS) + 1;
}
