/** Configuration of the other brokers, with their limits on queues off, so that none is pushed into dropping. */
import type { Case } from './cases.ts';
import { type Fixtures, LOGIN } from './fixtures.ts';

interface Place {
  port: number;
  folder: string;
  tls: boolean;
  fixtures: Fixtures;
}

export interface PeerConfiguration {
  serves(tested: Case): boolean;
  text(place: Place): string;
  /** Of the program, given the configuration file. */
  args(path: string): string[];
}

const measuresTraffic = ({ kind, edge }: Case) => !edge && kind !== 'churn' && kind !== 'idle';

export const PEERS: Readonly<Record<string, PeerConfiguration>> = {
  mosquitto: {
    serves: ({ kind }) => kind !== 'churn',
    text: ({ port, tls, fixtures }) =>
      [
        `listener ${port} 127.0.0.1`,
        ...(tls ? [`certfile ${fixtures.certificateFile}`, `keyfile ${fixtures.keyFile}`] : []),
        `user root`,
        `password_file ${fixtures.passwordFile}`,
        'allow_anonymous false',
        'max_queued_messages 0',
        'max_queued_bytes 0',
        'max_inflight_messages 0',
        'set_tcp_nodelay true',
        'persistence false',
        'log_dest none',
        '',
      ].join('\n'),
    args: (path) => ['-c', path],
  },
  nats: {
    // Debian's release has no QoS 2.
    serves: (tested) => measuresTraffic(tested) && !tested.load.join(' ').includes('-q 2'),
    text: ({ port, folder }) => `
server_name: bench
listen: "127.0.0.1:${port + 20_000}"
max_pending: 1GB
write_deadline: "60s"
jetstream { store_dir: "${folder}" }
authorization { user: ${JSON.stringify(LOGIN.username)}, password: ${JSON.stringify(LOGIN.password)} }
mqtt { listen: "127.0.0.1:${port}", max_ack_pending: 20000, ack_wait: "60s" }
`,
    args: (path) => ['-c', path],
  },
  flashmq: {
    serves: measuresTraffic,
    text: ({ port, folder, fixtures }) => `
thread_count 1
storage_dir ${folder}
mosquitto_password_file ${fixtures.passwordFile}
allow_anonymous false
max_qos_msg_pending_per_client 65535
max_qos_bytes_pending_per_client 1073741824
client_max_write_buffer_size 1073741824
overload_mode log
tcp_nodelay true
log_level none
listen {
  protocol mqtt
  inet_protocol ip4
  inet4_bind_address 127.0.0.1
  port ${port}
}
`,
    args: (path) => ['--config-file', path],
  },
  rumqttd: {
    serves: measuresTraffic,
    text: ({ port }) => `
id = 0
[router]
id = 0
max_connections = 20010
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v4.1]
name = "v4-1"
listen = "127.0.0.1:${port}"
next_connection_delay_ms = 0
  [v4.1.connections]
  connection_timeout_ms = 60000
  max_payload_size = 1048576
  max_inflight_count = 5000
  auth = { ${LOGIN.username} = "${LOGIN.password}" }
`,
    args: (path) => ['-c', path],
  },
};
