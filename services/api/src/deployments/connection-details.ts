/** Where the clients of a deployment connect. */
import type { DeploymentState } from '@rookery/db/schema/deployments';
import type { ConnectionDetails } from './deployments.model.js';

type Placement = Pick<DeploymentState, 'slug' | 'spec' | 'host' | 'domain' | 'sharedMqttsPort' | 'sharedWssPort'>;

/** Before it is placed, a deployment has a name at most. */
export function connectionDetails({ slug, spec, host, domain, sharedMqttsPort, sharedWssPort }: Placement): ConnectionDetails {
  const name = domain === null ? (host ?? 'localhost') : `${slug}.${domain}`;
  if (spec === null) return { host: name, mqttsPort: null, mqttPort: null, wssUrl: null, wsUrl: null };
  const mqttsPort = (domain === null ? null : sharedMqttsPort) ?? spec.ports.mqtts;
  // Behind its own port the edge tells WebSocket from MQTT by the first byte, so both share it.
  const wssPort = domain === null ? spec.ports.mqtts : sharedWssPort;
  return {
    host: name,
    mqttsPort,
    mqttPort: spec.ports.mqtt,
    wssUrl: wssPort === null ? null : `wss://${name}:${wssPort}/mqtt`,
    wsUrl: spec.ports.mqtt === null ? null : `ws://${name}:${spec.ports.mqtt}/mqtt`,
  };
}
