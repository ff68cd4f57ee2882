/**
 * The commands of the connect page. Each block is complete: pasted into bash it fetches the CA, installs what it needs
 * into a temporary folder, sends one message to itself and ends. It runs in a subshell, so that it neither moves nor
 * closes the shell it was pasted into. The scripts stay connected for two seconds, long enough to be seen here.
 */
export interface Target {
  host: string;
  mqttsPort: number;
  wssUrl: string | null;
  /** Where the CA is downloaded from; null where the certificate is one that every system trusts. */
  caUrl: string | null;
  username: string;
  password: string;
  topic: string;
}

export const CLIENTS = ['mosquitto', 'mqttjs', 'paho'] as const;
export type ClientKind = (typeof CLIENTS)[number];

interface Recipe {
  label: string;
  /** What must be on the machine before. */
  needs: string;
  title: string;
  snippet: (target: Target) => string;
}

export const RECIPES: Record<ClientKind, Recipe> = {
  mosquitto: {
    label: 'mosquitto',
    needs: 'Needs curl and the mosquitto clients (apt install mosquitto-clients, brew install mosquitto).',
    title: 'mosquitto commands',
    snippet: mosquittoSnippet,
  },
  mqttjs: {
    label: 'MQTT.js (Node)',
    needs: 'Needs curl and Node 20 or newer. Connects by WebSocket over TLS.',
    title: 'MQTT.js commands',
    snippet: mqttjsSnippet,
  },
  paho: {
    label: 'Python paho',
    needs: 'Needs curl and Python 3.8 or newer with venv.',
    title: 'Python paho commands',
    snippet: pahoSnippet,
  },
};

/** Any text as one word of bash. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A string literal of JavaScript that is one of Python too. */
const literal = (text: string): string => JSON.stringify(text);

function inTemporaryFolder(target: Target, lines: readonly string[]): string {
  const ca = target.caUrl ? [`curl -fsS -o ca.pem ${shellQuote(target.caUrl)}`] : [];
  return ['(', 'set -e', 'cd "$(mktemp -d)"', ...ca, ...lines, ')'].join('\n');
}

function mosquittoSnippet(target: Target): string {
  const { host, mqttsPort, username, password, topic, caUrl } = target;
  const trust = caUrl ? '--cafile ca.pem' : '--capath /etc/ssl/certs';
  const common = `-V mqttv5 -h ${shellQuote(host)} -p ${mqttsPort} ${trust} \\\n  -u ${shellQuote(username)} -P ${shellQuote(password)} -t ${shellQuote(topic)}`;
  return inTemporaryFolder(target, [
    `mosquitto_sub ${common} -q 1 -C 1 -W 20 &`,
    'sleep 2',
    `mosquitto_pub ${common} -q 1 -m 'Hello from mosquitto'`,
    'wait $!',
  ]);
}

function mqttjsSnippet(target: Target): string {
  const { host, mqttsPort, wssUrl, username, password, topic, caUrl } = target;
  return inTemporaryFolder(target, [
    'npm init -y >/dev/null',
    'npm install --silent mqtt@5.16.0',
    `cat >hello.mjs <<'END'`,
    ...(caUrl ? [`import { readFileSync } from 'node:fs';`] : []),
    `import { setTimeout as wait } from 'node:timers/promises';`,
    `import mqtt from 'mqtt';`,
    '',
    `const topic = ${literal(topic)};`,
    `const client = await mqtt.connectAsync(${literal(wssUrl ?? `mqtts://${host}:${mqttsPort}`)}, {`,
    '  protocolVersion: 5,',
    `  username: ${literal(username)},`,
    `  password: ${literal(password)},`,
    ...(caUrl ? [`  ca: readFileSync('ca.pem'),`] : []),
    '  reconnectPeriod: 0,',
    '}, false);',
    "const received = new Promise((resolve) => client.once('message', (from, payload) => resolve(`${from} ${payload}`)));",
    'await client.subscribeAsync(topic, { qos: 1 });',
    `await client.publishAsync(topic, 'Hello from MQTT.js', { qos: 1 });`,
    'console.log(await received);',
    'await wait(2000);',
    'await client.endAsync();',
    'END',
    'node hello.mjs',
  ]);
}

function pahoSnippet(target: Target): string {
  const { host, mqttsPort, username, password, topic, caUrl } = target;
  return inTemporaryFolder(target, [
    'python3 -m venv venv',
    'venv/bin/pip install --quiet --disable-pip-version-check paho-mqtt==2.1.0',
    `cat >hello.py <<'END'`,
    'import sys, threading, time',
    'import paho.mqtt.client as mqtt',
    '',
    `topic = ${literal(topic)}`,
    'received = threading.Event()',
    '',
    'def on_connect(client, userdata, flags, reason_code, properties):',
    '    if reason_code.is_failure:',
    '        print("Refused:", reason_code)',
    '    else:',
    '        client.subscribe(topic, qos=1)',
    '',
    'def on_subscribe(client, userdata, mid, reason_codes, properties):',
    '    client.publish(topic, "Hello from paho", qos=1)',
    '',
    'def on_message(client, userdata, message):',
    '    print(message.topic, message.payload.decode())',
    '    received.set()',
    '',
    'client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)',
    'client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message',
    `client.username_pw_set(${literal(username)}, ${literal(password)})`,
    caUrl ? 'client.tls_set(ca_certs="ca.pem")' : 'client.tls_set()',
    `client.connect(${literal(host)}, ${mqttsPort})`,
    'client.loop_start()',
    'ok = received.wait(20)',
    'time.sleep(2)',
    'client.disconnect()',
    'client.loop_stop()',
    'sys.exit(0 if ok else 1)',
    'END',
    'venv/bin/python hello.py',
  ]);
}
