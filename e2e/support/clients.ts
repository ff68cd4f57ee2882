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
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve(client));
    client.once('error', (error) => {
      client.end(true);
      reject(error);
    });
    client.once('close', () => reject(new Error('closed before CONNACK')));
  });
}

/** The next message on a subscribed client. */
export function nextMessage(client: MqttClient, timeoutMs = 5_000): Promise<{ topic: string; payload: string; retain: boolean }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no message came')), timeoutMs);
    client.once('message', (topic, payload, packet) => {
      clearTimeout(timer);
      resolve({ topic, payload: payload.toString(), retain: packet.retain });
    });
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
