/** The control socket: the agent says `reload`, and hears what is served, what the meter counted, and whom to wake. */
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { type EdgeMessage, type EdgeRequest, edgeRequestSchema } from '@rookery/contracts/edge-protocol';
import { readJsonLines, writeJsonLine } from '@rookery/service-kit/json-lines';

const LINE_BYTES_MAX = 64 * 1024;

export interface ControlOptions {
  path: string;
  /** Open wishes to wake a deployment, for an agent that has just come. */
  wishes(): EdgeMessage[];
  onWoken(woken: Extract<EdgeRequest, { type: 'woken' }>): void;
  /** Brings ports and routes up to date and says what is served. */
  reload(): Promise<EdgeMessage>;
  /** What is served now, for a new connection. */
  serving(): EdgeMessage;
  /** Usage since the last call; all of it for a new connection. */
  usage(all: boolean): EdgeMessage | null;
}

const USAGE_INTERVAL_MS = 1_000;

export interface Control {
  /** To every agent that is connected. */
  tell(message: EdgeMessage): void;
  close(): void;
}

export async function serveControl(options: ControlOptions): Promise<Control> {
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
        const parsed = edgeRequestSchema.safeParse(message);
        if (!parsed.success) return void socket.destroy();
        if (parsed.data.type === 'woken') return options.onWoken(parsed.data);
        void options.reload().then((serving) => writeJsonLine(socket, serving));
      },
    });
    writeJsonLine(socket, options.serving());
    const all = options.usage(true);
    if (all !== null) writeJsonLine(socket, all);
    for (const wish of options.wishes()) writeJsonLine(socket, wish);
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
  return {
    tell: (message) => {
      for (const agent of agents) writeJsonLine(agent, message);
    },
    close: () => server.close(),
  };
}
