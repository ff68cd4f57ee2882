/**
 * Asks a running broker. The question goes down its machine's stream, at whichever api holds that; the answer comes
 * back to this api and never touches the database. Two seconds, then a typed failure; nothing is woken.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  type Answer,
  answerSchema,
  type Question,
  QUESTION_TIMEOUT_MS,
  type QuestionAnswer,
  type QuestionArguments,
  type QuestionKind,
  QUESTIONS,
} from '@rookery/contracts/questions';
import type { Database } from '@rookery/db/pool';
import type { DeploymentState } from '@rookery/db/schema/deployments';
import { machineStreams } from '@rookery/db/schema/machines';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { eq } from 'drizzle-orm';
import { MachineStreams } from '../machines/machine-streams.js';
import { postPrivately } from '../server/private-client.js';
import { CONFIG, type Config, DATABASE, LOGGER, type Logger } from '../tokens.js';

@Injectable()
export class QuestionsService {
  private readonly waiting = new Map<string, (answer: Answer) => void>();

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly streams: MachineStreams,
  ) {}

  /** Throws RUNTIME_ASLEEP, RUNTIME_UNREACHABLE or RUNTIME_TIMEOUT. */
  async ask<K extends QuestionKind>(deployment: DeploymentState, kind: K, args: QuestionArguments<K>): Promise<QuestionAnswer<K>> {
    if (deployment.phase === 'ASLEEP') throw new AppError('RUNTIME_ASLEEP');
    if (deployment.state !== 'RUNNING' || deployment.machineId === null) throw new AppError('RUNTIME_UNREACHABLE');
    const questionId = newId('question');
    const question: Question = {
      questionId,
      askedBy: this.replyAddress(questionId, deployment.machineId),
      deploymentId: deployment.id,
      kind,
      arguments: args as Record<string, unknown>,
      deadlineAt: new Date(Date.now() + QUESTION_TIMEOUT_MS).toISOString(),
    };
    const answer = await this.answerTo(deployment.machineId, question);
    if (answer.ok) return QUESTIONS[kind].answer.parse(answer.value) as QuestionAnswer<K>;
    const code = answer.code === 'ANSWER_TOO_LARGE' || answer.code === 'BAD_REQUEST' ? 'INTERNAL' : answer.code;
    throw new AppError(code, { cause: answer.message });
  }

  /**
   * An answer has come, for a question of this api or of another. `certified`: the machine that speaks at the door for
   * machines; it may answer what it was asked, and name no address of its own. Throws FORBIDDEN.
   */
  async answer(questionId: string, askedBy: string | null, certified: string | null, body: unknown): Promise<void> {
    const [url = null, proof = ''] = askedBy?.split(' ') ?? [];
    if (certified !== null && (url === null || !isSame(proof, this.proofOf(questionId, certified, url))))
      throw new AppError('FORBIDDEN', { message: `The machine ${certified} was not asked this.` });
    if (url !== null && url !== this.config.API_PRIVATE_URL) {
      await postPrivately(url, `/internal/answers/${questionId}`, body, QUESTION_TIMEOUT_MS);
      return;
    }
    this.waiting.get(questionId)?.(answerSchema.parse(body));
  }

  /** Where the answer goes, as the machine hands it back: signed, because an api will call what it names. */
  private replyAddress(questionId: string, machineId: string): string {
    const url = this.config.API_PRIVATE_URL;
    return `${url} ${this.proofOf(questionId, machineId, url)}`;
  }

  private proofOf(questionId: string, machineId: string, url: string): string {
    const words = JSON.stringify(['question', questionId, machineId, url]);
    return createHmac('sha256', this.config.SESSION_SECRET).update(words).digest('base64url');
  }

  private async answerTo(machineId: string, question: Question): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => resolve({ ok: false, code: 'RUNTIME_TIMEOUT', message: 'no answer in time' }), QUESTION_TIMEOUT_MS);
    this.waiting.set(question.questionId, resolve);
    try {
      if (!(await this.send(machineId, question))) return { ok: false, code: 'RUNTIME_UNREACHABLE', message: 'its machine has no stream' };
      return await promise;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(question.questionId);
    }
  }

  private async send(machineId: string, question: Question): Promise<boolean> {
    if (this.streams.ask(machineId, question)) return true;
    const [holder] = await this.db.select().from(machineStreams).where(eq(machineStreams.machineId, machineId));
    if (!holder || holder.apiUrl === this.config.API_PRIVATE_URL) return false;
    try {
      return (await postPrivately(holder.apiUrl, '/internal/questions', { machineId, question }, QUESTION_TIMEOUT_MS)) === 204;
    } catch (error) {
      this.log.warn({ err: error, apiUrl: holder.apiUrl }, 'the api that holds the machine stream does not answer');
      return false;
    }
  }
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
