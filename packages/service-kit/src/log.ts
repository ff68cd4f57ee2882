/** Logs: one JSON object per line on stdout, levels by `LOG_LEVEL`. Secrets are redacted by key, whatever the depth. */
import pino, { type Logger } from 'pino';

export type { Logger };

const SECRET_KEYS = [
  'password',
  'secret',
  'secretHash',
  'pepper',
  'privateKey',
  'ticketKeys',
  'authorization',
  'cookie',
  'apiKey',
  'token',
];

export function createLogger(service: string, level: string = 'info'): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  });
}
