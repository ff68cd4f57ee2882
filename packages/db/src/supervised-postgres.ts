/** The embedded server, started again whenever it dies. Its addresses stay the same. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.js';

const RETRY_MS = 1_000;

export interface SupervisedPostgres extends Pick<EmbeddedPostgres, 'ownerUrl' | 'urlFor' | 'stop'> {
  /** Of the server that runs now. */
  readonly pid: number;
}

export interface SupervisionOptions extends EmbeddedPostgresOptions {
  /** Told when the server has died, and when it could not be started again; it is tried until {@link SupervisedPostgres.stop}. */
  onTrouble: (what: string) => void;
}

export async function superviseEmbeddedPostgres(options: SupervisionOptions): Promise<SupervisedPostgres> {
  let server = await startEmbeddedPostgres(options);
  let stopping = false;

  const supervise = async () => {
    for (;;) {
      await server.exited;
      if (stopping) return;
      options.onTrouble('The database has died; it is started again.');
      server = await startAgain();
      // Stopped while it was being started.
      if (stopping) return server.stop();
    }
  };

  const startAgain = async (): Promise<EmbeddedPostgres> => {
    for (;;) {
      try {
        return await startEmbeddedPostgres({ ...options, onProgress: () => {} });
      } catch (error) {
        options.onTrouble(`The database does not start: ${(error as Error).message}`);
        if (stopping) throw error;
        await sleep(RETRY_MS);
      }
    }
  };

  const supervision = supervise().catch(() => {});
  return {
    ownerUrl: server.ownerUrl,
    urlFor: (role, password) => server.urlFor(role, password),
    get pid() {
      return server.pid;
    },
    stop: async () => {
      stopping = true;
      await server.stop();
      await supervision;
    },
  };
}
