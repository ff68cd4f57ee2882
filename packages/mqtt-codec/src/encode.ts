/** Packets to bytes. The caller gives valid values; nothing is checked here. */
import { ByteWriter } from './byte-writer.js';
import { type ConnectPacket, type Packet, PacketType, type ProtocolVersion } from './packets.js';
import { writeProperties } from './properties.js';

export function encodePacket(packet: Packet, version: ProtocolVersion): Buffer {
  const writer = new ByteWriter();
  const first = firstByte(packet);
  writeBody(writer, packet, version);
  writer.insertVarint(0, writer.length);
  const body = writer.finish();
  return Buffer.concat([Buffer.from([first]), body]);
}

function firstByte(packet: Packet): number {
  const type = PacketType[packet.type.toUpperCase() as keyof typeof PacketType] << 4;
  if (packet.type === 'publish') return type | (packet.dup ? 8 : 0) | (packet.qos << 1) | (packet.retain ? 1 : 0);
  // Reserved flags of §2.1.3.
  return packet.type === 'pubrel' || packet.type === 'subscribe' || packet.type === 'unsubscribe' ? type | 2 : type;
}

function writeBody(writer: ByteWriter, packet: Packet, version: ProtocolVersion): void {
  const v5 = version === 5;
  switch (packet.type) {
    case 'connect':
      return writeConnect(writer, packet);
    case 'connack':
      writer.u8(packet.sessionPresent ? 1 : 0);
      writer.u8(packet.reasonCode);
      if (v5) writeProperties(writer, packet.properties);
      return;
    case 'publish':
      writer.text(packet.topic);
      if (packet.qos > 0) writer.u16(packet.packetId);
      if (v5) writeProperties(writer, packet.properties);
      return writer.raw(packet.payload);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      writer.u16(packet.packetId);
      return writeReason(writer, packet, v5);
    case 'subscribe':
      writer.u16(packet.packetId);
      if (v5) writeProperties(writer, packet.properties);
      for (const { filter, qos, noLocal, retainAsPublished, retainHandling } of packet.subscriptions) {
        writer.text(filter);
        writer.u8(v5 ? qos | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | (retainHandling << 4) : qos);
      }
      return;
    case 'suback':
    case 'unsuback':
      writer.u16(packet.packetId);
      if (v5) writeProperties(writer, packet.properties);
      if (v5 || packet.type === 'suback') for (const code of packet.reasonCodes) writer.u8(code);
      return;
    case 'unsubscribe':
      writer.u16(packet.packetId);
      if (v5) writeProperties(writer, packet.properties);
      for (const filter of packet.filters) writer.text(filter);
      return;
    case 'disconnect':
    case 'auth':
      return writeReason(writer, packet, v5);
    case 'pingreq':
    case 'pingresp':
  }
}

/** Reason code and properties, left out where they say nothing (§3.4.2.1). */
function writeReason(writer: ByteWriter, packet: { reasonCode: number; properties: object }, v5: boolean): void {
  const empty = Object.keys(packet.properties).length === 0;
  if (!v5 || (packet.reasonCode === 0 && empty)) return;
  writer.u8(packet.reasonCode);
  if (!empty) writeProperties(writer, packet.properties);
}

function writeConnect(writer: ByteWriter, packet: ConnectPacket): void {
  const { will } = packet;
  writer.text(packet.version === 3 ? 'MQIsdp' : 'MQTT');
  writer.u8(packet.version);
  writer.u8(
    (packet.cleanStart ? 2 : 0) |
      (will === null ? 0 : 4 | (will.qos << 3) | (will.retain ? 32 : 0)) |
      (packet.password === null ? 0 : 64) |
      (packet.username === null ? 0 : 128),
  );
  writer.u16(packet.keepAliveSeconds);
  if (packet.version === 5) writeProperties(writer, packet.properties);
  writer.text(packet.clientId);
  if (will !== null) {
    if (packet.version === 5) writeProperties(writer, will.properties);
    writer.text(will.topic);
    writer.binary(will.payload);
  }
  if (packet.username !== null) writer.text(packet.username);
  if (packet.password !== null) writer.binary(packet.password);
}
