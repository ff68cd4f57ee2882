/**
 * The admin socket: JSON lines, only the agent can reach it (mode 0600). It brings policies and questions and takes
 * reports away; without it the broker goes on with what it knows.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AdminMessage } from '@rookery/contracts/runtime-protocol';
import { readJsonLines, writeJsonLine } from '@rookery/service-kit/json-lines';
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import type { Broker } from '../broker.js';
import { answer } from './answers.js';
import { BadRequest, readRequest, type Request } from './read-request.js';

/** As in the contract (ADMIN_PROTOCOL_VERSION, ADMIN_LINE_BYTES_MAX). */
const PROTOCOL_VERSION = 1;
const LINE_BYTES_MAX = 16 * 1024 * 1024;

export interface AdminOptions {
  deploymentId: string | null;
  incarnation: string;
  startedAt: string;
  isReady: () => boolean;
  onPolicy: (document: PolicyDocument) => void;
  onRest: (idleMs: number, quietMs: number) => Promise<AdminMessage>;
  /** No agent is connected any more. */
  onAbandoned: () => void;
  onStop: () => void;
}

export class AdminServer {
  private readonly agents = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.serve(socket));

  constructor(
    private readonly broker: Broker,
    private readonly options: AdminOptions,
  ) {}

  async open(path: string): Promise<void> {
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
  }

  /** To every agent that has said hello. */
  tell(message: AdminMessage): void {
    for (const agent of this.agents) writeJsonLine(agent, message);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const agent of this.agents) agent.end();
    await closed;
  }

  private serve(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.agents.delete(socket) && this.agents.size === 0) this.options.onAbandoned();
    });
    readJsonLines(socket, {
      lineBytesMax: LINE_BYTES_MAX,
      onFault: (reason) => this.complain(socket, reason),
      onMessage: (line) => {
        try {
          this.receive(socket, readRequest(line));
        } catch (error) {
          if (!(error instanceof BadRequest)) throw error;
          this.complain(socket, error.message);
        }
      },
    });
  }

  private receive(socket: Socket, request: Request): void {
    const { broker, options } = this;
    switch (request.type) {
      case 'hello':
        this.agents.add(socket);
        return writeJsonLine(socket, this.hello());
      case 'policy':
        options.onPolicy(request.document);
        return writeJsonLine(socket, { type: 'applied', revision: broker.policy.revision } satisfies AdminMessage);
      case 'question': {
        const { questionId, kind } = request;
        return writeJsonLine(socket, {
          type: 'answer',
          questionId,
          answer: answer(broker, kind, request.arguments),
        } satisfies AdminMessage);
      }
      case 'rest':
        return void options.onRest(request.idleMs, request.quietMs).then((answered) => writeJsonLine(socket, answered));
      case 'stop':
        return options.onStop();
    }
  }

  private hello(): AdminMessage {
    const { deploymentId, incarnation, startedAt, isReady } = this.options;
    const appliedRevision = this.broker.policy.revision;
    return {
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      deploymentId,
      incarnation,
      pid: process.pid,
      startedAt,
      appliedRevision,
      ready: isReady(),
    };
  }

  private complain(socket: Socket, message: string): void {
    writeJsonLine(socket, { type: 'problem', code: 'BAD_REQUEST', message } satisfies AdminMessage);
  }
}
