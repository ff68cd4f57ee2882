/**
 * Mail leaves by a queue: a mail server that is away delays it, and nobody waits. A job says which mail and to whom;
 * secrets in it are made when it is sent, so that no queue ever holds one.
 */
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type MailJob, mailJobSchema } from '@rookery/contracts/jobs';
import { type MailQueue, openMailQueue } from '@rookery/db/mail-queue';
import { AppError } from '@rookery/service-kit/errors';
import { AuthService } from '../auth/auth.service.js';
import { parseInput } from '../graphql/input.js';
import { CONFIG, type Config, LOGGER, type Logger } from '../tokens.js';
import { type Mail, type Mailer, openMailer } from './mailer.js';

@Injectable()
export class MailService implements OnModuleInit, OnModuleDestroy {
  private queue: MailQueue | null = null;
  private readonly mailer: Mailer | null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly auth: AuthService,
  ) {
    const { ROOKERY_MAIL, ROOKERY_MAIL_FROM } = config;
    this.mailer = ROOKERY_MAIL === undefined ? null : openMailer(ROOKERY_MAIL, ROOKERY_MAIL_FROM!);
  }

  onModuleInit(): void {
    if (this.mailer === null) return;
    const { JOBS_DATABASE_URL: jobsUrl, REDIS_URL: redisUrl } = this.config;
    const onError = (error: Error) => this.log.warn({ err: error }, 'the queue of mails broke');
    this.queue = openMailQueue({ jobsUrl, redisUrl, onError }, (job) => this.send(job));
  }

  async onModuleDestroy(): Promise<void> {
    await this.queue?.close();
  }

  /** For the operator's command. Throws UNAVAILABLE where no mail is set up. */
  async enqueue(given: unknown): Promise<void> {
    const job = parseInput(mailJobSchema, given, []);
    if (this.queue === null)
      throw new AppError('UNAVAILABLE', { message: 'No mail is set up: set ROOKERY_MAIL and ROOKERY_MAIL_FROM for the api.' });
    await this.queue.add(job);
  }

  /** Throws what is to be tried again. */
  private async send(job: MailJob): Promise<void> {
    try {
      await this.mailer!.send(await this.write(job));
    } catch (error) {
      this.log.warn({ err: error, mail: job.mail }, 'a mail was not taken; it is tried again');
      throw error;
    }
    this.log.info({ mail: job.mail }, 'a mail was sent');
  }

  private async write({ mail, to }: MailJob): Promise<Mail> {
    const { PUBLIC_URL } = this.config;
    if (mail === 'test')
      return { to, subject: 'Rookery can send mail', text: `This mail was asked for by an operator of ${PUBLIC_URL}.\n` };
    const link = `${PUBLIC_URL}/sign-up?setup=${await this.auth.makeSetupToken()}`;
    const text = `You are invited to be an operator of ${PUBLIC_URL}.\n\nSign up here, once, within an hour:\n\n  ${link}\n\nIf you did not expect this, throw it away.\n`;
    return { to, subject: 'Your invitation to Rookery', text };
  }
}
