/** MQTT.js. */
import { readFileSync } from 'node:fs';
import mqtt, { type IClientOptions, type IPublishPacket, type ISubscriptionGrant, type MqttClient } from 'mqtt';
import type { Answer, Command, Driver, Message } from './driver.ts';

const SCHEMES = { tcp: 'mqtt', tls: 'mqtts', ws: 'ws', wss: 'wss' };

export class MqttJsDriver implements Driver {
  readonly missing = null;
  readonly lacks = [];
  private readonly clients = new Map<string, { client: MqttClient; inbox: Message[]; wake: () => void }>();

  supports(): boolean {
    return true;
  }

  async start(): Promise<void> {}

  async run(command: Command): Promise<Answer> {
    try {
      return await this.take(command);
    } catch (error) {
      return { error: (error as Error).message };
    }
  }

  async stop(): Promise<void> {
    for (const { client } of this.clients.values()) client.end(true);
  }

  private async take(command: Command): Promise<Answer> {
    if (command.op === 'connect') return this.connect(command);
    const state = this.clients.get(command.client)!;
    const { client } = state;
    const { op, filter = '', message, noLocal = false, timeoutMs = 0 } = command;
    if (op === 'subscribe') {
      const granted: ISubscriptionGrant[] = await client.subscribeAsync(filter, { qos: message!.qos, nl: noLocal });
      if (granted.some(({ qos }) => qos > 2)) return { error: `refused: ${JSON.stringify(granted)}` };
    } else if (op === 'unsubscribe') await client.unsubscribeAsync(filter);
    else if (op === 'publish') await publish(client, message!);
    else if (op === 'disconnect') await client.endAsync();
    else if (op === 'cut') client.stream.destroy();
    else return { message: await next(state, timeoutMs) };
    return {};
  }

  private connect({ endpoint, version, id, username, password, clean, will, client: name }: Command): Promise<Answer> {
    const { transport, host, port, path, caFile } = endpoint!;
    const options: IClientOptions = {
      protocolVersion: version,
      clientId: id,
      clean,
      username,
      password,
      reconnectPeriod: 0,
      ca: readFileSync(caFile),
      ...(version === 5 && { properties: { sessionExpiryInterval: clean ? 0 : 300 } }),
      ...(will !== undefined && { will: { ...will, payload: Buffer.from(will.payload) } }),
    };
    const client = mqtt.connect(`${SCHEMES[transport]}://${host}:${port}${path}`, options);
    const state = { client, inbox: [] as Message[], wake: () => {} };
    this.clients.set(name, state);
    client.on('message', (topic, payload, packet) => {
      state.inbox.push(describe(topic, payload, packet));
      state.wake();
    });
    return new Promise((resolve) => {
      client.once('connect', ({ sessionPresent }) => resolve({ sessionPresent }));
      client.once('error', (error) => resolve({ error: error.message }));
      client.once('close', () => resolve({ error: 'closed before CONNACK' }));
    });
  }
}

function publish(client: MqttClient, { topic, payload, qos, retain, userProperties, responseTopic }: Message): Promise<unknown> {
  const properties = { ...(userProperties && { userProperties }), ...(responseTopic && { responseTopic }) };
  return client.publishAsync(topic, payload, { qos, retain, ...(Object.keys(properties).length > 0 && { properties }) });
}

function describe(topic: string, payload: Buffer, { qos, retain, properties }: IPublishPacket): Message {
  const { userProperties, responseTopic } = properties ?? {};
  return {
    topic,
    payload: payload.toString(),
    qos,
    retain,
    ...(userProperties !== undefined && { userProperties: { ...userProperties } as Record<string, string> }),
    ...(responseTopic !== undefined && { responseTopic }),
  };
}

async function next(state: { inbox: Message[]; wake: () => void }, timeoutMs: number): Promise<Message | null> {
  if (state.inbox.length === 0)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      state.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return state.inbox.shift() ?? null;
}
