/** Limits on how often things may be tried. Counted in Postgres, so that all apis count together. */
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Database, openDatabase } from '@rookery/db/pool';
import { AppError } from '@rookery/service-kit/errors';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { CONFIG, type Config, LOGGER, type Logger } from '../tokens.js';

/** points per seconds. A limit on failures is only charged for a failure. */
const LIMITS = {
  /** Failed log-ins from one address to one account: a guesser is stopped, the owner elsewhere is not. */
  logInFailures: { points: 10, duration: 900 },
  logInFailuresOfAddress: { points: 100, duration: 900 },
  signUps: { points: 100, duration: 3_600 },
  /** Attempts to join from one address; many machines may stand behind one. */
  enrolments: { points: 600, duration: 60 },
  /** Files that one viewer takes out. */
  exportDownloads: { points: 60, duration: 60 },
  /** Cost of GraphQL requests of one viewer. */
  queryCost: { points: 300_000, duration: 60 },
} as const;
export type LimitName = keyof typeof LIMITS;

@Injectable()
export class RateLimits implements OnApplicationShutdown {
  private readonly db: Database;
  private readonly limiters: Record<LimitName, RateLimiterPostgres>;

  constructor(@Inject(CONFIG) config: Config, @Inject(LOGGER) log: Logger) {
    const onError = (error: Error) => log.warn({ err: error }, 'a connection to the database broke');
    this.db = openDatabase(config.API_DATABASE_URL, { applicationName: 'rookery-api-limits', connectionsMax: 4, relaxed: true, onError });
    const limiter = (name: LimitName) =>
      new RateLimiterPostgres({
        storeClient: this.db.$client,
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: name,
        ...LIMITS[name],
      });
    this.limiters = {
      logInFailures: limiter('logInFailures'),
      logInFailuresOfAddress: limiter('logInFailuresOfAddress'),
      signUps: limiter('signUps'),
      enrolments: limiter('enrolments'),
      exportDownloads: limiter('exportDownloads'),
      queryCost: limiter('queryCost'),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.db.$client.end();
  }

  /** Charges `points`; returns what is left. Throws RATE_LIMITED when nothing is. */
  async consume(name: LimitName, key: string, points = 1): Promise<number> {
    try {
      return (await this.limiters[name].consume(key, points)).remainingPoints;
    } catch (error) {
      throw error instanceof RateLimiterRes ? tooMany(error) : error;
    }
  }

  /** Throws RATE_LIMITED when the limit was reached before; charges nothing. */
  async requireRoom(name: LimitName, key: string): Promise<void> {
    const used = await this.limiters[name].get(key);
    if (used !== null && used.remainingPoints <= 0) throw tooMany(used);
  }
}

function tooMany(used: RateLimiterRes): AppError {
  return new AppError('RATE_LIMITED', { details: { retryAfterSeconds: Math.ceil(used.msBeforeNext / 1_000) }, retry: 'later' });
}
