/**
 * Sees to it that this machine has a certificate that counts: asks for the first one with a token, renews it at two thirds
 * of its life, and waits for another token when it has run out or was refused. Nothing else of the agent waits for that:
 * deployments go on, only the api does not hear of them.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { enrolResponseSchema, readToken, renewResponseSchema } from '@rookery/contracts/machine-door';
import type { JoinRequest } from '@rookery/contracts/machine-protocol';
import { messageOf } from '@rookery/service-kit/errors';
import { writeDurably } from '@rookery/service-kit/files';
import type { Logger } from '@rookery/service-kit/log';
import { type ApiClient, ApiRefusal } from './api-client.js';
import { enrolmentKey, type Identity, lifeOf, pinOf, readIdentity, saveIdentity } from './identity-file.js';
import { knownMachineId } from './machine-id.js';
import { makeMachineKey, requestFor } from './machine-key.js';

const LOOK_MS = 1_000;
const RETRY_MS_MAX = 60_000;
/** A machine that cannot come in says so again this often. */
const SAY_AGAIN_MS = 600_000;
const RENEW_AT = 2 / 3;
/** Machines that joined together shall not renew together. */
const JITTER = 0.05;

export interface TokenSource {
  AGENT_JOIN_TOKEN?: string | undefined;
  AGENT_JOIN_TOKEN_FILE?: string | undefined;
}

export class IdentityKeeper {
  /** What a person must do; null while all is well. */
  problem: string | null = null;
  private saidAt = 0;
  private renewAt = 0;
  private retryMs = LOOK_MS;
  private refusedToken: string | null = null;
  private stopped = false;

  constructor(
    private readonly api: ApiClient,
    private readonly home: string,
    private readonly source: TokenSource,
    private readonly facts: () => JoinRequest,
    private readonly log: Logger,
  ) {}

  /** Resolves when the machine has a certificate that counts, however long that takes. */
  async ready(): Promise<void> {
    const askedAt = Date.now();
    for (const wait = backoff(); !this.stopped; ) {
      const identity = readIdentity(this.home);
      const inTime = identity !== null && lifeOf(identity).to > Date.now();
      // Who was refused asks again after a while: the api may have been restored meanwhile.
      if (inTime && (this.api.identityRefusal === null || Date.now() - askedAt > RETRY_MS_MAX)) return this.take(identity);
      const token = this.token();
      if (token === null) {
        this.say(this.whatIsMissing(identity));
        await sleep(LOOK_MS);
        continue;
      }
      try {
        await this.enrol(token);
        return;
      } catch (error) {
        if (error instanceof ApiRefusal && error.status < 500 && error.code !== 'RATE_LIMITED') this.refusedToken = token;
        this.log.warn({ err: error }, 'the machine could not join');
        this.problem = messageOf(error);
        await this.pause(wait(), token);
      }
    }
  }

  /** Renews in time, until {@link stop}. To be called after {@link ready}. */
  async keep(): Promise<void> {
    while (!this.stopped) {
      await sleep(LOOK_MS);
      const identity = readIdentity(this.home);
      if (identity === null || !this.counts(identity)) await this.ready();
      else if (Date.now() >= this.renewAt) await this.renew(identity);
    }
  }

  stop(): void {
    this.stopped = true;
  }

  /** Or shorter, when somebody gives another token. */
  private async pause(ms: number, token: string): Promise<void> {
    for (const end = Date.now() + ms; Date.now() < end && !this.stopped; ) {
      await sleep(Math.min(LOOK_MS, end - Date.now()));
      const other = this.token();
      if (other !== null && other !== token) return;
    }
  }

  private counts(identity: Identity): boolean {
    return lifeOf(identity).to > Date.now() && this.api.identityRefusal === null;
  }

  private take(identity: Identity): void {
    const { authority, ...own } = identity;
    this.api.useIdentity({ authority, own });
    const { from, to } = lifeOf(identity);
    this.renewAt = from + (to - from) * (RENEW_AT + (Math.random() * 2 - 1) * JITTER);
    this.retryMs = LOOK_MS;
    this.problem = null;
    this.saidAt = 0;
  }

  private async enrol(text: string): Promise<void> {
    const token = readToken(text);
    if (token === null) {
      this.refusedToken = text;
      throw new Error('What was given as a join token is none: it looks like rkj_….…');
    }
    this.api.useIdentity({ authority: null });
    const { authority } = (await this.api.get('/machines/authority')) as { authority: string };
    if (pinOf(authority) !== token.authorityPin)
      throw new Error('Whoever answers at API_MACHINES_URL is not the installation that made the join token. The token was not sent.');
    this.api.useIdentity({ authority });
    const privateKey = enrolmentKey(this.home);
    const request = { token: text, csr: await requestFor(privateKey), join: this.facts() };
    const { machineId, certificate, ...issued } = enrolResponseSchema.parse(await this.api.post('/machines/enrol', request));
    writeDurably(join(this.home, 'machine.json'), JSON.stringify({ machineId }));
    const identity = { privateKey, certificate, authority: issued.authority };
    saveIdentity(this.home, identity);
    this.forget(text);
    this.take(identity);
    this.log.info({ machineId, expiresAt: issued.expiresAt }, 'the machine has joined');
  }

  private async renew(identity: Identity): Promise<void> {
    try {
      const privateKey = makeMachineKey();
      const issued = renewResponseSchema.parse(await this.api.post('/machines/renew', { csr: await requestFor(privateKey) }));
      const next = { privateKey, certificate: issued.certificate, authority: issued.authority };
      saveIdentity(this.home, next);
      this.take(next);
      this.log.info({ expiresAt: issued.expiresAt }, "the machine's certificate was renewed");
    } catch (error) {
      this.log.warn(
        { err: error, runsOutAt: new Date(lifeOf(identity).to) },
        "the machine's certificate could not be renewed; trying again",
      );
      this.renewAt = Date.now() + this.retryMs * (0.5 + Math.random());
      this.retryMs = Math.min(this.retryMs * 2, RETRY_MS_MAX);
    }
  }

  /** From the file if there is one now, else as given at the start; never one that was refused. */
  private token(): string | null {
    const { AGENT_JOIN_TOKEN: given, AGENT_JOIN_TOKEN_FILE: file } = this.source;
    const text = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').trim() : given;
    return text === undefined || text === '' || text === this.refusedToken ? null : text;
  }

  /** A token that was used is worth nothing, and no business of whoever reads this disk. */
  private forget(token: string): void {
    this.refusedToken = token;
    const { AGENT_JOIN_TOKEN_FILE: file } = this.source;
    if (file === undefined) return;
    try {
      rmSync(file, { force: true });
    } catch (error) {
      this.log.warn({ err: error, file }, 'the used join token could not be deleted');
    }
  }

  private whatIsMissing(identity: Identity | null): string {
    const { region, cell } = this.facts();
    const machineId = knownMachineId(this.home);
    const place = `--region ${region} --cell ${cell}${identity === null || machineId === null ? '' : ` --machine ${machineId}`}`;
    const file = this.source.AGENT_JOIN_TOKEN_FILE;
    const give = file === undefined ? 'restart the agent with AGENT_JOIN_TOKEN set to it' : `put it into ${file}`;
    const remedy = `Make a token (npm run operator -- machine token ${place}) and ${give}.`;
    if (this.refusedToken !== null && identity === null) return `The join token was refused. ${remedy}`;
    if (identity === null) return `This machine has not joined yet. ${remedy}`;
    const { to } = lifeOf(identity);
    const why =
      to <= Date.now()
        ? `The certificate of this machine ran out at ${new Date(to).toISOString()}.`
        : `The api refuses this machine: ${this.api.identityRefusal}`;
    return `${why} Its deployments go on. ${remedy}`;
  }

  private say(problem: string): void {
    this.problem = problem;
    if (Date.now() - this.saidAt < SAY_AGAIN_MS) return;
    this.saidAt = Date.now();
    this.log.error({ machineId: knownMachineId(this.home) }, problem);
  }
}

/** Waits that double, up to {@link RETRY_MS_MAX}. */
function backoff(): () => number {
  let next = LOOK_MS / 2;
  return () => {
    next = Math.min(next * 2, RETRY_MS_MAX);
    return next * (0.5 + Math.random());
  };
}
