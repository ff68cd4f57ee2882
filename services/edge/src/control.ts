/** The control socket: the agent says `reload`, and hears what is served and what the meter counted. */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type EdgeMessage, edgeRequestSchema } from '@rookery/contracts/edge-protocol';
import { readJsonLines, writeJsonLine } from '@rookery/service-kit/json-lines';

const LINE_BYTES_MAX = 64 * 1024;

export interface ControlOptions {
  path: string;
  /** Brings ports and routes up to date and says what is served. */
  reload(): Promise<EdgeMessage>;
  /** What is served now, for a new connection. */
  serving(): EdgeMessage;
  /** Usage since the last call; all of it for a new connection. */
  usage(all: boolean): EdgeMessage | null;
}

const USAGE_INTERVAL_MS = 1_000;

export async function serveControl(options: ControlOptions): Promise<Server> {
  rmSync(options.path, { force: true });
  const agents = new Set<Socket>();
  const server = createServer((socket) => {
    agents.add(socket);
    socket.on('close', () => agents.delete(socket));
    socket.on('error', () => socket.destroy());
    readJsonLines(socket, {
      lineBytesMax: LINE_BYTES_MAX,
      onFault: () => socket.destroy(),
      onMessage: (message) => {
        if (!edgeRequestSchema.safeParse(message).success) return void socket.destroy();
        void options.reload().then((serving) => writeJsonLine(socket, serving));
      },
    });
    writeJsonLine(socket, options.serving());
    const all = options.usage(true);
    if (all !== null) writeJsonLine(socket, all);
  });
  const timer = setInterval(() => {
    if (agents.size === 0) return;
    const usage = options.usage(false);
    if (usage !== null) for (const agent of agents) writeJsonLine(agent, usage);
  }, USAGE_INTERVAL_MS);
  server.once('close', () => clearInterval(timer));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.path, resolve);
  });
  return server;
}
