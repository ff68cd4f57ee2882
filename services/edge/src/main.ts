/**
 * The edge: the only public MQTT door of a machine.
 *
 * Owns: public ports, TLS, the choice of the deployment, the meter. Never: reads a password, decides about a client,
 * starts a process, knows the database. When it dies, links through it are cut and clients connect again to another
 * worker or to its successor, which needs nothing but the route file. It serves while the agent is away.
 */
import { randomUUID } from 'node:crypto';
import { type EdgeMessage } from '@rookery/contracts/edge-protocol';
import { systemClock } from '@rookery/service-kit/clock';
import { readConfig, runMain } from '@rookery/service-kit/config';
import { serveHealth } from '@rookery/service-kit/health';
import { createLogger } from '@rookery/service-kit/log';
import { Gauge } from 'prom-client';
import { configSchema } from './config.js';
import { serveConnection } from './connection.js';
import { type Control, serveControl } from './control.js';
import { type ListenFailure, Listeners } from './listeners.js';
import { Meter } from './meter.js';
import { Routes } from './route-table.js';
import { WaitingRoom } from './waiting-room.js';
import { Waker } from './waker.js';

/** Of CONNECT packets of all clients that are held. */
const HELD_BYTES_MAX = 32 * 1024 * 1024;

runMain(async () => {
  const config = readConfig(configSchema, process.env);
  const log = createLogger('edge', config.LOG_LEVEL);
  const routes = new Routes();
  const meter = new Meter(randomUUID(), systemClock);
  let connections = 0;
  let failures: ListenFailure[] = [];

  let control: Control | null = null;
  const waker = new Waker((message) => control?.tell(message));
  const room = new WaitingRoom(waker, {
    heldMax: config.EDGE_HELD_MAX,
    heldOfDeploymentMax: Math.ceil(config.EDGE_HELD_MAX / 4),
    bytesMax: HELD_BYTES_MAX,
    holdMs: config.EDGE_HOLD_SECONDS * 1000,
  });
  const context = { routes, meter, room, log, handshakeMs: config.EDGE_HANDSHAKE_SECONDS * 1000 };
  const listeners = new Listeners((socket, listener) => {
    if (connections >= config.EDGE_CONNECTIONS_MAX) return void socket.destroy();
    connections++;
    socket.once('close', () => connections--);
    void serveConnection(socket, listener, context);
  });
  new Gauge({
    name: 'rookery_edge_connections',
    help: 'Open client connections of this worker',
    collect() {
      this.set(connections);
    },
  });

  const serving = (): EdgeMessage => ({ type: 'serving', revision: routes.revision, failures });
  let queue: Promise<unknown> = Promise.resolve();
  const reload = (): Promise<EdgeMessage> => {
    const turn = queue.then(async () => {
      try {
        routes.load(config.EDGE_ROUTES_FILE);
      } catch (error) {
        log.warn({ err: error }, 'the route file cannot be read; the routes in force stay');
      }
      failures = await listeners.serve(routes.bind, routes.listeners());
      if (failures.length > 0) log.warn({ failures }, 'some ports cannot be opened');
      return serving();
    });
    queue = turn;
    return turn;
  };

  await reload();
  new Gauge({
    name: 'rookery_edge_held',
    help: 'Client connections that wait for their deployment to wake',
    collect() {
      this.set(room.size);
    },
  });
  new Gauge({
    name: 'rookery_edge_tls_contexts',
    help: 'TLS contexts of deployments that this worker holds',
    collect() {
      this.set(routes.contextCount);
    },
  });
  control = await serveControl({
    path: config.EDGE_CONTROL_SOCKET,
    wishes: () => waker.open(),
    onWoken: (woken) => waker.answered(woken),
    reload,
    serving,
    usage: (all) => {
      const usage = meter.read(all);
      return usage.length === 0 ? null : { type: 'usage', usage };
    },
  });
  await serveHealth({ path: config.EDGE_HEALTH_SOCKET, notReady: () => (routes.revision === 0 ? ['no route file yet'] : []) });
  log.info({ revision: routes.revision }, 'edge is up');

  const stop = async () => {
    control?.close();
    await listeners.close();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
});
