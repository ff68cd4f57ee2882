/**
 * The admin socket: JSON lines, only the agent can reach it (mode 0600). It brings policies and questions and takes
 * reports away; without it the broker goes on with what it knows.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import {
  ADMIN_LINE_BYTES_MAX,
  ADMIN_PROTOCOL_VERSION,
  type AdminMessage,
  type AdminRequest,
  adminRequestSchema,
} from '@rookery/contracts/runtime-protocol';
import { readJsonLines, writeJsonLine } from '@rookery/service-kit/json-lines';
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import type { Broker } from '../broker.js';
import { answer } from './answers.js';

export interface AdminOptions {
  deploymentId: string | null;
  incarnation: string;
  startedAt: string;
  isReady: () => boolean;
  onPolicy: (document: PolicyDocument) => void;
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
    socket.on('close', () => this.agents.delete(socket));
    readJsonLines(socket, {
      lineBytesMax: ADMIN_LINE_BYTES_MAX,
      onFault: (reason) => this.complain(socket, reason),
      onMessage: (line) => {
        const parsed = adminRequestSchema.safeParse(line);
        if (parsed.success) this.receive(socket, parsed.data);
        else this.complain(socket, parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
      },
    });
  }

  private receive(socket: Socket, request: AdminRequest): void {
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
      case 'stop':
        return options.onStop();
    }
  }

  private hello(): AdminMessage {
    const { deploymentId, incarnation, startedAt, isReady } = this.options;
    const appliedRevision = this.broker.policy.revision;
    return {
      type: 'hello',
      protocol: ADMIN_PROTOCOL_VERSION,
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
