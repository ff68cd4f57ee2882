/** Whether this api can serve, and the figures of the installation. */
import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@rookery/db/pool';
import { messageOf } from '@rookery/service-kit/errors';
import { sql } from 'drizzle-orm';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { NotificationHub } from '../live/notification-hub.js';
import { LimitMeter } from '../machines/limit-meter.js';
import { MachineStreams } from '../machines/machine-streams.js';
import { ReportsService } from '../machines/reports.service.js';
import { CONFIG, type Config, DATABASE } from '../tokens.js';
import { joinMetrics, metricsOf } from './gather-metrics.js';

@Injectable()
export class HealthService {
  private readonly registry = new Registry();
  /** GraphQL requests over HTTP. */
  readonly requestSeconds = new Histogram({
    name: 'rookery_graphql_request_seconds',
    help: 'Time from the request to its answer.',
    labelNames: ['operation', 'outcome'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 60],
    registers: [this.registry],
  });

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly hub: NotificationHub,
    streams: MachineStreams,
    limits: LimitMeter,
    reports: ReportsService,
  ) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'rookery_machine_streams',
      help: 'Machine streams that this api holds.',
      registers: [this.registry],
      collect() {
        this.set(streams.count);
      },
    });
    new Counter({
      name: 'rookery_reports_refused_total',
      help: 'Entries of reports of deployments that are not placed on the machine that spoke.',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(reports.refusedEntries);
      },
    });
    new Counter({
      name: 'rookery_limit_hits_total',
      help: 'Times that brokers refused, held back or dropped something because of a limit, by what machines told this api.',
      labelNames: ['limit'] as const,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [limit, hits] of limits.hits) this.inc({ limit }, hits);
      },
    });
  }

  async readiness(): Promise<readonly [status: number, body: unknown]> {
    const reasons: string[] = [];
    await this.db.execute(sql`SELECT 1`).catch((error: unknown) => reasons.push(`the database does not answer: ${messageOf(error)}`));
    if (!this.hub.isListening) reasons.push('no notifications from the database');
    return reasons.length === 0 ? [200, { status: 'ok' }] : [503, { status: 'not ready', reasons }];
  }

  /** Of this process, and of all that {@link Config.METRICS_SOCKETS} names and that answer. */
  async metrics(response: ServerResponse): Promise<null> {
    const others = await Promise.all(
      this.config.METRICS_SOCKETS.map(async ([process, path]) => ({ process, text: (await metricsOf(path)) ?? '' })),
    );
    const page = joinMetrics([{ process: 'api', text: await this.registry.metrics() }, ...others]);
    response.writeHead(200, { 'content-type': this.registry.contentType }).end(page);
    return null;
  }
}
