/**
 * The door for machines: TLS, for agents that are not on this network. A token gets a certificate here, and with a
 * certificate the agent's routes are open. Off unless API_MACHINES_LISTEN is set. What it serves is public by its nature:
 * every route but the first two needs a certificate, looked at anew for every request.
 */
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimits } from '../auth/rate-limits.js';
import { AgentRoutes } from '../machines/agent-routes.js';
import { EnrolmentService } from '../machines/enrolment.service.js';
import { MachineAccess } from '../machines/machine-access.service.js';
import { MachineAuthority } from '../machines/machine-authority.js';
import { CONFIG, type Config, LOGGER, type Logger } from '../tokens.js';
import { addressOf } from './listen-address.js';
import type { PrivateRoute } from './private-routes.js';
import { RouteServer } from './route-server.js';

/** Open to all; both are small, and enrolling is counted per address. */
const WITHOUT_CERTIFICATE = ['/machines/authority', '/machines/enrol'];
/** The door's own certificate lasts 90 days. */
const NEW_CERTIFICATE_MS = 86_400_000;
/** Calls that are under way when the api stops have this long to end. */
const GRACE_MS = 1_500;

@Injectable()
export class MachinesServer {
  private server: Server | null = null;
  private timer: NodeJS.Timeout | null = null;
  private readonly routes: RouteServer;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly authority: MachineAuthority,
    access: MachineAccess,
    agent: AgentRoutes,
    enrolment: EnrolmentService,
    limits: RateLimits,
  ) {
    const own: PrivateRoute[] = [
      ['GET', '/machines/authority', async () => [200, { authority: await authority.certificate() }]],
      [
        'POST',
        '/machines/enrol',
        async ({ request, json }) => {
          await limits.consume('enrolments', request.socket.remoteAddress ?? '');
          return [201, await enrolment.enrol(await json())];
        },
      ],
      ['POST', '/machines/renew', async ({ certified, json }) => [201, await enrolment.renew(certified!, await json())]],
    ];
    this.routes = new RouteServer([...own, ...agent.routes], log, async (request, path) => {
      if (WITHOUT_CERTIFICATE.includes(path)) return null;
      return access.machineOf((request.socket as TLSSocket).getPeerX509Certificate());
    });
  }

  /** Resolves to the port; null where the door is off. */
  async listen(): Promise<number | null> {
    const { API_MACHINES_LISTEN: address } = this.config;
    if (address === undefined) return null;
    // Whoever comes without a good certificate is told why, in words, by the routes.
    const asked = { requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const;
    const server = createServer({ ...asked, ...(await this.material()) }, (request, response) => void this.routes.serve(request, response));
    server.on('tlsClientError', (error) => this.log.debug({ err: error }, 'a handshake at the door for machines failed'));
    await new Promise<void>((done, fail) => server.once('error', fail).listen(addressOf(address), done));
    this.server = server;
    this.timer = setInterval(() => {
      this.material().then(
        (material) => server.setSecureContext(material),
        (error: unknown) => this.log.error({ err: error }, 'the door for machines keeps its old certificate'),
      );
    }, NEW_CERTIFICATE_MS).unref();
    return (server.address() as { port: number }).port;
  }

  /** Takes nobody any more at once; streams that are open are ended by whoever holds them. */
  async close(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    const { server } = this;
    if (server === null) return;
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    await new Promise<void>((done) => server.close(() => done()));
    clearTimeout(cut);
  }

  private async material() {
    const authority = await this.authority.certificate();
    const hosts = this.config.API_MACHINES_URL === null ? [] : [new URL(this.config.API_MACHINES_URL).hostname.replace(/^\[(.*)\]$/, '$1')];
    const { certificate, key } = await this.authority.door(hosts);
    return { cert: `${certificate}\n${authority}`, key, ca: authority };
  }
}
