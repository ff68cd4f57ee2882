/** A connection as the handlers of single packets see it. */
import type { Fault } from '@rookery/mqtt-codec/fault';
import type { ConnectPacket, Packet, ProtocolVersion } from '@rookery/mqtt-codec/packets';
import type { Properties } from '@rookery/mqtt-codec/properties';
import type { AccessCache } from '../access/access-cache.js';
import type { KernelClient } from '../kernel/kernel-client.js';
import type { Transport } from '../transport/transport.js';
import type { BrokerContext } from './broker-context.js';
import type { Sink } from './outlet.js';
import type { Session } from './session.js';

export interface ClientLink extends KernelClient {
  readonly broker: BrokerContext;
  readonly transport: Transport;
  version: ProtocolVersion;
  readonly v5: boolean;
  /** Null before CONNECT was accepted. */
  session: Session | null;
  access: AccessCache;
  readonly sink: Sink;
  /** Whether reason strings may be sent [MQTT-3.1.2-29]. */
  problemInformation: boolean;
  /** Whether PUBACK and PUBREC hold them too: only for those who ask in so many words, as these packets are many. */
  explainedAcks: boolean;
  send(packet: Packet): void;
  /** Reason string as far as the client wants to hear it. */
  words(text: string): Properties;
  /** A packet that breaks the protocol [MQTT-4.13.1-1]. */
  fail(fault: Fault): void;
  /** Ends the connection from our side; MQTT 5 clients hear why [MQTT-3.14.4]. */
  disconnect(reasonCode: number, words: string): void;
  /** Refuses a CONNECT and closes [MQTT-3.2.2-7]. */
  refuse(reasonCode: number, returnCode: number, words: string): void;
  /** The handshake accepted this client. */
  open(packet: ConnectPacket, session: Session, keepAliveSeconds: number): void;
  /** Handles nothing more until {@link resume}. */
  suspend(): void;
  resume(): void;
}
