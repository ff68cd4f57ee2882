/**
 * The message that passes through: QoS 0, not retained, without properties. The kernel is done with it before the next one
 * is read, so one publication and one packet serve them all. Whoever keeps a publication copies it, or has it own its bytes
 * and thereby the object: then the next message gets a new one.
 */
import { NO_PROPERTIES } from '@rookery/mqtt-codec/properties';
import { type AedesPacket, Publication, type Publisher } from './publication.js';
import type { Route } from './route.js';

const NOTHING = Buffer.alloc(0);

export class PassingMessage {
  private publication = newPublication();
  private packet = briefPacket(this.publication);

  /** The packet for the kernel; it is good until the next call. */
  take(route: Route, publisher: Publisher, bytes: Buffer, start: number, payloadAt: number, end: number): AedesPacket {
    if (this.publication.owned) {
      this.publication = newPublication();
      this.packet = briefPacket(this.publication);
    }
    const { publication, packet } = this;
    publication.become(route, publisher, bytes, start, payloadAt, end);
    packet.topic = route.topic;
    packet.payload = publication.shown;
    return packet;
  }
}

/** What aedes puts into its own packet unless told otherwise is left out: it looks for each field by name. */
function briefPacket(publication: Publication): AedesPacket {
  const { topic, payload, properties } = publication.toPacket();
  return { topic, payload, properties } as AedesPacket;
}

function newPublication(): Publication {
  return new Publication('', NOTHING, 0, false, NO_PROPERTIES, 0, '', false);
}
