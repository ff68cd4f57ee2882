/** Raw packets for stories that need the answer's bytes. */
export type Version = 4 | 5;

export interface ConnectFields {
  version: Version;
  clientId: string;
  username: string;
  password: string;
}

/** A CONNECT with clean start and a keep alive of 60 s. */
export function connectPacket({ version, clientId, username, password }: ConnectFields): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
  };
  const properties = version === 5 ? [Buffer.from([0])] : [];
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.from([version, 0xc2, 0, 60]),
    ...properties,
    text(clientId),
    text(username),
    text(password),
  ]);
  if (body.length > 127) throw new Error('the packet is too long for a one-byte length');
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}
