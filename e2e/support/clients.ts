/** MQTT clients that we did not write. */
import { spawnSync } from 'node:child_process';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Deployed } from './api.ts';

export interface ConnectOptions extends IClientOptions {
  ca?: string;
}

/** Connects by TLS; rejects with what the broker or the network said. */
export function connectTls(
  deployed: Pick<Deployed, 'host' | 'mqttsPort' | 'username' | 'secret'>,
  options: ConnectOptions = {},
): Promise<MqttClient> {
  return connect(`mqtts://${deployed.host}:${deployed.mqttsPort}`, { username: deployed.username, password: deployed.secret, ...options });
}

export function connect(url: string, options: ConnectOptions): Promise<MqttClient> {
  const client = mqtt.connect(url, { reconnectPeriod: 0, connectTimeout: 8_000, protocolVersion: 5, ...options });
  keepMessages(client);
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve(client));
    client.once('error', (error) => {
      client.end(true);
      reject(error);
    });
    client.once('close', () => reject(new Error('closed before CONNACK')));
  });
}

export interface Message {
  topic: string;
  payload: string;
  retain: boolean;
}

/** Messages that came and that nobody has asked for yet: stored ones come in the same breath as CONNACK. */
const inboxes = new WeakMap<MqttClient, { waiting: Message[]; arrived: () => void }>();

function keepMessages(client: MqttClient): void {
  const inbox = { waiting: [] as Message[], arrived: () => {} };
  inboxes.set(client, inbox);
  client.on('message', (topic, payload, packet) => {
    inbox.waiting.push({ topic, payload: payload.toString(), retain: packet.retain });
    inbox.arrived();
  });
}

/** The next message that this client has got and that was not asked for before. */
export function nextMessage(client: MqttClient, timeoutMs = 5_000): Promise<Message> {
  const inbox = inboxes.get(client)!;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no message came')), timeoutMs);
    inbox.arrived = () => {
      const next = inbox.waiting.shift();
      if (next === undefined) return;
      clearTimeout(timer);
      inbox.arrived = () => {};
      resolve(next);
    };
    inbox.arrived();
  });
}

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Resolves when `condition` holds; rejects after `timeoutMs`. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}
