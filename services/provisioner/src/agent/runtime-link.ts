/** The agent's end of a runtime's admin socket: policy down, reports and answers up. */
import { connect, type Socket } from 'node:net';
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import { ANSWER_BYTES_MAX, type Answer, type Question } from '@rookery/contracts/questions';
import { ADMIN_LINE_BYTES_MAX, ADMIN_PROTOCOL_VERSION, type AdminMessage, adminMessageSchema } from '@rookery/contracts/runtime-protocol';
import { readJsonLines, writeJsonLine } from '@rookery/service-kit/json-lines';

export type Hello = Extract<AdminMessage, { type: 'hello' }>;

/** Whether it may sleep, and what it has to say about it. */
export type Rest = Extract<AdminMessage, { type: 'rest' }>;

export interface LinkHandlers {
  onReport(report: Extract<AdminMessage, { type: 'report' }>['report']): void;
  onProblem(problem: { code: string; message: string }): void;
}

const CONNECT_RETRY_MS = 5;

export class RuntimeLink {
  readonly closed: Promise<void>;
  appliedRevision = 0;
  private ready = false;
  private readonly waiters = new Set<() => void>();
  private readonly answers = new Map<string, (answer: Answer) => void>();
  private onRest: (answer: Rest) => void = () => {};
  private hello: Hello | null = null;

  private constructor(
    private readonly socket: Socket,
    private readonly handlers: LinkHandlers,
  ) {
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        for (const settle of this.answers.values())
          settle({ ok: false, code: 'RUNTIME_UNREACHABLE', message: 'the runtime closed its admin socket' });
        this.answers.clear();
        resolve();
        this.wake();
      });
    });
    socket.on('error', () => socket.destroy());
    readJsonLines(socket, {
      lineBytesMax: ADMIN_LINE_BYTES_MAX,
      onFault: (reason) => handlers.onProblem({ code: 'INTERNAL', message: `admin socket: ${reason}` }),
      onMessage: (message) => this.receive(message),
    });
    writeJsonLine(socket, { type: 'hello', protocol: ADMIN_PROTOCOL_VERSION });
  }

  /** Connects as soon as the runtime listens and says hello. Rejects when `abandoned` says so or `timeoutMs` is over. */
  static async open(
    path: string,
    handlers: LinkHandlers,
    abandoned: () => boolean,
    timeoutMs: number,
  ): Promise<{ link: RuntimeLink; hello: Hello }> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const socket = await dial(path);
      if (socket !== null) {
        const link = new RuntimeLink(socket, handlers);
        await link.until(() => link.hello !== null, deadline - Date.now());
        if (link.hello !== null) return { link, hello: link.hello };
        socket.destroy();
      }
      if (abandoned()) throw new Error('the runtime ended before it listened');
      if (Date.now() > deadline) throw new Error(`the runtime does not answer on ${path}`);
      await new Promise((resolve) => setTimeout(resolve, CONNECT_RETRY_MS));
    }
  }

  /** Resolves to whether the runtime said that it enforces this revision (or a newer one). */
  async apply(document: PolicyDocument, timeoutMs: number): Promise<boolean> {
    writeJsonLine(this.socket, { type: 'policy', document });
    return this.until(() => this.appliedRevision >= document.revision, timeoutMs);
  }

  /** Resolves to whether clients are accepted. */
  async untilReady(timeoutMs: number): Promise<boolean> {
    return this.until(() => this.ready, timeoutMs);
  }

  ask(question: Question, timeoutMs: number): Promise<Answer> {
    const { questionId, kind } = question;
    return new Promise((resolve) => {
      const settle = (answer: Answer) => {
        clearTimeout(timer);
        this.answers.delete(questionId);
        resolve(answer);
      };
      const timer = setTimeout(
        () => settle({ ok: false, code: 'RUNTIME_TIMEOUT', message: 'the runtime did not answer in time' }),
        timeoutMs,
      );
      this.answers.set(questionId, settle);
      writeJsonLine(this.socket, { type: 'question', questionId, kind, arguments: question.arguments });
    });
  }

  /** Null: it did not answer in time, or is gone. */
  rest(idleMs: number, quietMs: number, timeoutMs: number): Promise<Rest | null> {
    return new Promise((resolve) => {
      const settle = (answer: Rest | null) => {
        clearTimeout(timer);
        this.onRest = () => {};
        resolve(answer);
      };
      const timer = setTimeout(() => settle(null), timeoutMs);
      this.onRest = settle;
      void this.closed.then(() => settle(null));
      writeJsonLine(this.socket, { type: 'rest', idleMs, quietMs });
    });
  }

  stop(): void {
    writeJsonLine(this.socket, { type: 'stop' });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(raw: unknown): void {
    const parsed = adminMessageSchema.safeParse(raw);
    if (!parsed.success) return this.handlers.onProblem({ code: 'INTERNAL', message: 'the runtime sent a line that is not understood' });
    const message = parsed.data;
    if (message.type === 'hello') {
      this.hello = message;
      this.ready = message.ready;
      this.appliedRevision = message.appliedRevision;
    } else if (message.type === 'applied') this.appliedRevision = Math.max(this.appliedRevision, message.revision);
    else if (message.type === 'ready') this.ready = true;
    else if (message.type === 'answer') this.answers.get(message.questionId)?.(bounded(message.answer));
    else if (message.type === 'report') this.handlers.onReport(message.report);
    else if (message.type === 'rest') this.onRest(message);
    else this.handlers.onProblem(message);
    this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters) waiter();
  }

  private until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition() && !this.socket.destroyed) return;
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve(condition());
      };
      const timer = setTimeout(
        () => {
          this.waiters.delete(check);
          resolve(condition());
        },
        Math.max(0, timeoutMs),
      );
      this.waiters.add(check);
      check();
    });
  }
}

function bounded(answer: Answer): Answer {
  if (Buffer.byteLength(JSON.stringify(answer)) <= ANSWER_BYTES_MAX) return answer;
  return { ok: false, code: 'ANSWER_TOO_LARGE', message: `the answer is larger than ${ANSWER_BYTES_MAX} bytes; ask for a smaller page` };
}

function dial(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const fail = () => resolve(null);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
