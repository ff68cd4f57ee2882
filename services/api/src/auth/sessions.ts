/** Log-in sessions: a signed, http-only cookie; the session itself in Postgres, so any api knows it. */
import type { Database } from '@rookery/db/pool';
import connectPgSimple from 'connect-pg-simple';
import type { RequestHandler } from 'express';
import session from 'express-session';
import type { Config } from '../config.js';

export const SESSION_COOKIE = 'rookery_session';
const LIFETIME_MS = 14 * 86_400_000;

declare module 'express-session' {
  interface SessionData {
    personId: string;
  }
}

export function sessionMiddleware(db: Database, config: Config): RequestHandler {
  const Store = connectPgSimple(session);
  // The api itself speaks no TLS: where people come by https, what stands before it says so (X-Forwarded-Proto).
  const secure = config.PUBLIC_URL.startsWith('https:');
  return session({
    name: SESSION_COOKIE,
    secret: config.SESSION_SECRET,
    // The resync sweeps what has expired; a read session is not written again for every request.
    store: new Store({ pool: db.$client, tableName: 'log_in_sessions', pruneSessionInterval: false, disableTouch: true }),
    proxy: secure,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure, maxAge: LIFETIME_MS, path: '/' },
  });
}
