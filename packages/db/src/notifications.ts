/**
 * Listens to the database's notifications on a connection of its own. They carry ids only and may be lost (a broken
 * connection), so they hint: after every gap, `onGap` tells listeners to look for themselves.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IdKind } from '@rookery/contracts/ids';
import { idOf } from '@rookery/service-kit/ids';
import pg from 'pg';

const RECONNECT_MS = 500;

/** `scopeId` is the organization, or the machine for subjects `machine` and `access`: the latter says that it was shut out. */
export interface Notification {
  subject: 'deployment' | 'operation' | 'metrics' | 'export' | 'machine' | 'access';
  scopeId: string;
  /** The operation for subject `operation`, the export for `export`, the machine for `access`, else the deployment. */
  id: string;
}

export interface NotificationHandlers {
  onNotification(notification: Notification): void;
  onGap(): void;
  onError(error: Error): void;
}

export interface NotificationListener {
  isListening(): boolean;
  close(): Promise<void>;
}

export async function listenForNotifications(url: string, handlers: NotificationHandlers): Promise<NotificationListener> {
  let closed = false;
  let client: pg.Client | null = null;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: 'rookery-listen', keepAlive: true });
    next.on('error', (error) => handlers.onError(error));
    next.on('notification', (message) => {
      const notification = parse(message.payload ?? '');
      if (notification) handlers.onNotification(notification);
    });
    await next.connect();
    await next.query('LISTEN rookery');
    client = next;
    next.on('end', () => {
      client = null;
      if (!closed) void reconnect();
    });
  }

  async function reconnect(): Promise<void> {
    while (!closed) {
      try {
        await connect();
        return handlers.onGap();
      } catch (error) {
        handlers.onError(error as Error);
        await sleep(RECONNECT_MS, undefined, { ref: false });
      }
    }
  }

  await connect();
  return {
    isListening: () => client !== null,
    close: async () => {
      closed = true;
      await client?.end();
    },
  };
}

const KINDS: Record<Notification['subject'], { scope: IdKind; id: IdKind }> = {
  deployment: { scope: 'organization', id: 'deployment' },
  operation: { scope: 'organization', id: 'operation' },
  metrics: { scope: 'organization', id: 'deployment' },
  export: { scope: 'organization', id: 'export' },
  machine: { scope: 'machine', id: 'deployment' },
  access: { scope: 'machine', id: 'machine' },
};

function parse(payload: string): Notification | null {
  const [subject, scope, id] = payload.split(' ');
  const kinds = KINDS[subject as Notification['subject']];
  if (!kinds || !scope || !id) return null;
  return { subject: subject as Notification['subject'], scopeId: idOf(kinds.scope, scope), id: idOf(kinds.id, id) };
}
