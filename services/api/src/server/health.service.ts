/** Whether this api can serve, and its figures. */
import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@rookery/db/pool';
import { messageOf } from '@rookery/service-kit/errors';
import { sql } from 'drizzle-orm';
import { collectDefaultMetrics, register } from 'prom-client';
import { NotificationHub } from '../live/notification-hub.js';
import { DATABASE } from '../tokens.js';

@Injectable()
export class HealthService {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly hub: NotificationHub,
  ) {
    register.clear();
    collectDefaultMetrics();
  }

  async readiness(): Promise<readonly [status: number, body: unknown]> {
    const reasons: string[] = [];
    await this.db.execute(sql`SELECT 1`).catch((error: unknown) => reasons.push(`the database does not answer: ${messageOf(error)}`));
    if (!this.hub.isListening) reasons.push('no notifications from the database');
    return reasons.length === 0 ? [200, { status: 'ok' }] : [503, { status: 'not ready', reasons }];
  }

  async metrics(response: ServerResponse): Promise<null> {
    response.writeHead(200, { 'content-type': register.contentType }).end(await register.metrics());
    return null;
  }
}
