/** The routes of this worker: read from the agent's file, kept when a newer file is unreadable. */
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type Route, type RouteTable, routeTableSchema } from '@rookery/contracts/edge-protocol';

/** Of TLS contexts that a worker holds; one takes some fifty kB, and a machine has ten thousand deployments that sleep. */
const CONTEXTS_MAX = 1_024;

export interface Listener {
  port: number;
  kind: 'tls' | 'plain';
  /** On a shared port the server name decides; any other port belongs to one deployment. */
  shared: boolean;
}

interface HeldContext {
  /** PEM it was made from. */
  certificate: string | null;
  ticketKeys: string;
  context: SecureContext;
}

export class Routes {
  private table: RouteTable = { revision: 0, bind: '127.0.0.1', shared: null, routes: [] };
  private byHost = new Map<string, Route>();
  private byDeployment = new Map<string, Route>();
  private byPort = new Map<number, Route>();
  /** By deployment; the one that was used last is at the end. */
  private contexts = new Map<string, HeldContext>();

  get revision(): number {
    return this.table.revision;
  }

  get bind(): string {
    return this.table.bind;
  }

  /** TLS contexts held. */
  get contextCount(): number {
    return this.contexts.size;
  }

  /** Throws when the file is missing or is no route table; the routes in force stay. */
  load(file: string): void {
    const table = routeTableSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    this.table = table;
    this.byHost = new Map(table.routes.flatMap((route) => route.hosts.map((host) => [host, route] as const)));
    this.byDeployment = new Map(table.routes.map((route) => [route.deploymentId, route]));
    this.byPort = new Map(
      table.routes.flatMap((route) => [route.mqttsPort, route.mqttPort].flatMap((port) => (port === null ? [] : [[port, route] as const]))),
    );
    const kept = new Set([...table.routes.map((route) => route.deploymentId), SHARED]);
    for (const id of this.contexts.keys()) if (!kept.has(id)) this.contexts.delete(id);
  }

  listeners(): Map<number, Listener> {
    const wanted = new Map<number, Listener>();
    for (const route of this.table.routes) {
      if (route.mqttsPort !== null) wanted.set(route.mqttsPort, { port: route.mqttsPort, kind: 'tls', shared: false });
      if (route.mqttPort !== null) wanted.set(route.mqttPort, { port: route.mqttPort, kind: 'plain', shared: false });
    }
    for (const port of this.table.shared === null ? [] : [this.table.shared.mqtts, this.table.shared.wss]) {
      wanted.set(port, { port, kind: 'tls', shared: true });
    }
    return wanted;
  }

  /** The deployment that owns `port` now, so that a listener that stays open follows a changed route. */
  routeOfPort(port: number): Route | null {
    return this.byPort.get(port) ?? null;
  }

  routeOfDeployment(deploymentId: string): Route | null {
    return this.byDeployment.get(deploymentId) ?? null;
  }

  routeOfHost(host: string): Route | null {
    return this.byHost.get(host) ?? null;
  }

  /**
   * A TLS context per deployment, never shared: a session ticket made at one deployment means nothing at another. Those
   * that were used last are kept; one that is made again takes the tickets of the one before.
   * `null` asks for the context that unknown server names get.
   */
  secureContext(route: Route | null): SecureContext | null {
    const source = route ?? this.table.shared;
    if (source === null) return null;
    const id = route?.deploymentId ?? SHARED;
    const certified = source.certificate === null ? this.table.shared : source;
    if (certified === null) return null;
    const { certificate } = certified;
    const { ticketKeys } = source;
    const known = this.contexts.get(id);
    if (known?.certificate === certificate && known.ticketKeys === ticketKeys) {
      this.keep(id, known);
      return known.context;
    }
    const context = createSecureContext({
      cert: certificate!,
      key: certified.privateKey!,
      ticketKeys: Buffer.from(ticketKeys, 'base64'),
      sessionIdContext: id,
      minVersion: 'TLSv1.2',
    } as Parameters<typeof createSecureContext>[0]);
    this.keep(id, { certificate, ticketKeys, context });
    return context;
  }

  private keep(id: string, held: HeldContext): void {
    const { contexts } = this;
    contexts.delete(id);
    contexts.set(id, held);
    if (contexts.size > CONTEXTS_MAX) contexts.delete(contexts.keys().next().value!);
  }
}

const SHARED = 'shared';
