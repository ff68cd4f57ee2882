/** Finds out before anything starts whether a port is free, so that the message can say what to set. */
import { createServer } from 'node:net';

/** Throws words for people when `port` is taken. */
export async function requireFreePort(bind: string, port: number, variable: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is used by another program. Set ${variable} to a free one, like ${variable}=${port + 1}.`
            : `Port ${port} cannot be opened on ${bind}: ${error.message}. Set ${variable} or ROOKERY_BIND.`,
        ),
      ),
    );
    server.listen(port, bind, () => server.close(() => resolve()));
  });
}
