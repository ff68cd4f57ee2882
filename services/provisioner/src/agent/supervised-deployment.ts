/**
 * One deployment on this machine: brings what runs in line with what is wanted, again and again, one step at a time.
 * Whatever changes (a new wish, a dead process, a lost admin socket) only asks for another look.
 */
import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '@rookery/contracts/error-codes';
import type { RuntimeState, WakeCause } from '@rookery/contracts/phases';
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import type { Answer, Question } from '@rookery/contracts/questions';
import type { RuntimeReport, RuntimeStateReport } from '@rookery/contracts/reports';
import type { Logger } from '@rookery/service-kit/log';
import { messageOf } from '@rookery/service-kit/errors';
import type { Gate } from './gate.js';
import type { KnownDeployment } from './known-deployments.js';
import { RuntimeLink } from './runtime-link.js';
import type { RunningRuntime, RuntimeHosting, RuntimeLimits } from './running-runtime.js';
import { SleepRecord } from './sleep-record.js';
import { SleepWatch } from './sleep-watch.js';
import { type Waking, waking, type Woken } from './waking.js';

const START_TIMEOUT_MS = 20_000;
const APPLY_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 10_000;
/** Between two looks for a container that is being made. */
const SOON_MS = 50;
const RESTART_MS_MIN = 50;
const RESTART_MS_MAX = 30_000;
/** The longest pause after a runtime that had served: its clients are waiting. */
const SERVED_RESTART_MS_MAX = 1_000;
/** A runtime that lived this long is restarted at once. */
const STABLE_MS = 2_000;

/** Exit codes of the runtime that a restart does not cure. */
const EXIT_PROBLEMS: Record<number, { code: ErrorCode; message: string }> = {
  65: { code: 'STORE_CORRUPT', message: 'The data on disk is damaged; see the runbook for a damaged store.' },
  73: { code: 'STORE_LOCKED', message: 'Another process holds the data folder.' },
  78: { code: 'RUNTIME_START_FAILED', message: 'The runtime refused its configuration.' },
};

/** What the machine does for one deployment; the supervisor holds no path and no other tenant. */
export interface DeploymentHost
  extends Pick<RuntimeHosting, 'isolation' | 'versionFor' | 'prepare' | 'start' | 'limit' | 'adopt' | 'adminSocket' | 'rest' | 'erase'> {
  /** All starts of this machine. */
  readonly starts: Gate;
  /** Where it is noted how a deployment sleeps. */
  sleepFile(deploymentId: string): string;
  /** The newest policy; from disk. */
  policyOf(deploymentId: string): PolicyDocument;
  /** Resolves to a problem when the public ports cannot be served. */
  openRoute(deployment: KnownDeployment): Promise<RuntimeStateReport['problem']>;
  closeRoute(deploymentId: string): Promise<void>;
  /** Why this deployment may not run beside what runs here already; null = it may. */
  refusal(deployment: KnownDeployment): RuntimeStateReport['problem'];
  report(report: RuntimeReport): void;
  state(state: RuntimeStateReport): void;
}

export class SupervisedDeployment {
  private readonly sleep: SleepWatch;
  /** Somebody waits until it takes clients. */
  private waking: Waking | null = null;
  private process: RunningRuntime | null = null;
  private link: RuntimeLink | null = null;
  private busy: Promise<void> | null = null;
  private again = false;
  private restarts = 0;
  private restartMs = RESTART_MS_MIN;
  private startedAt = 0;
  /** Whether this process has accepted clients. */
  private served = false;
  /** Memory that this process was given; null: not known. */
  private memoryBytesMax: number | null = null;
  private holdOff: NodeJS.Timeout | null = null;
  private lastReported = '';
  private stopping = false;
  erased = false;

  constructor(
    private wanted: KnownDeployment,
    private readonly host: DeploymentHost,
    private readonly log: Logger,
  ) {
    this.sleep = new SleepWatch(new SleepRecord(host.sleepFile(wanted.runtime.deploymentId)), {
      restDue: () => this.look(),
      wakeDue: () => void this.wake('due'),
    });
  }

  get id(): string {
    return this.wanted.runtime.deploymentId;
  }

  get deployment(): KnownDeployment {
    return this.wanted;
  }

  get runs(): boolean {
    return this.process !== null;
  }

  /** Ends its runtime now, whatever it does; a refusal keeps it from being started again. */
  end(): void {
    this.process?.kill();
    this.look();
  }

  want(deployment: KnownDeployment): void {
    this.wanted = deployment;
    this.lastReported = '';
    this.look();
  }

  /** Asks for a look; looks that are asked for during a look are joined into one. */
  look(): void {
    this.again = true;
    this.busy ??= this.converge().finally(() => {
      this.busy = null;
    });
  }

  /** Resolves when clients are taken, or cannot be. The newest policy is in force by then. */
  wake(cause: WakeCause): Promise<Woken> {
    if (this.wanted.runtime.state !== 'RUNNING' || this.stopping) return Promise.resolve({ ok: false, retryMs: null });
    const { record } = this.sleep;
    if (cause === 'client' && record.isAsleep && this.waking === null && record.backOffMs > 0)
      return Promise.resolve({ ok: false, retryMs: record.backOffMs });
    this.waking ??= waking(cause);
    const { done } = this.waking;
    this.look();
    return done;
  }

  async ask(question: Question): Promise<Answer> {
    if (this.wanted.runtime.state === 'RUNNING' && this.process === null && this.sleep.record.isAsleep) {
      return { ok: false, code: 'RUNTIME_ASLEEP', message: 'the deployment sleeps; a client that connects wakes it' };
    }
    if (this.wanted.runtime.state !== 'RUNNING' || this.link === null) {
      return { ok: false, code: 'RUNTIME_UNREACHABLE', message: 'the deployment is not running' };
    }
    return this.link.ask(question, Math.max(0, Date.parse(question.deadlineAt) - Date.now()));
  }

  /** Stops the runtime for good (the whole machine is going down). */
  async shutDown(): Promise<void> {
    this.leave();
    await this.busy;
    await this.stopRuntime();
  }

  /** Lets go of the runtime and leaves it running. */
  release(): void {
    this.leave();
    this.link?.close();
  }

  private leave(): void {
    this.stopping = true;
    this.sleep.stop();
    this.woken({ ok: false, retryMs: null });
  }

  private async converge(): Promise<void> {
    while (this.again && !this.stopping) {
      this.again = false;
      const { state, generation } = this.wanted.runtime;
      try {
        if (state === 'RUNNING') await this.ensureRunning();
        else await this.ensureStopped(state);
      } catch (error) {
        this.log.warn({ err: error, deploymentId: this.id, generation, state }, 'a deployment is not as wanted');
        if (this.stopping) return;
        // A process that ended has said so itself.
        if (this.process !== null) {
          this.restarts++;
          this.say('EXITED', { code: 'RUNTIME_START_FAILED', message: messageOf(error) });
          await this.stopRuntime();
        }
        this.lookLater();
      }
    }
  }

  private async ensureRunning(): Promise<void> {
    if (this.holdOff !== null) return this.woken({ ok: false, retryMs: this.restartMs });
    const refusal = this.host.refusal(this.wanted);
    if (refusal !== null) {
      this.woken({ ok: false, retryMs: null });
      return this.say('FAILED', refusal);
    }
    if (this.process === null) this.take(await this.host.adopt(this.id));
    if (this.isOutdated) await this.stopRuntime();
    if (this.process !== null) return this.serve();
    if (this.sleep.record.isAsleep && this.waking === null) return this.stayAsleep();
    const awaited = this.served || this.waking?.cause === 'client';
    await this.host.starts.run(this.wanted.runtime.organizationId, awaited, async () => {
      // Its turn may have come after another wish.
      if (this.wanted.runtime.state !== 'RUNNING' || this.stopping) return this.lookSoon();
      if (await this.start()) await this.serve();
      else this.lookSoon();
    });
  }

  /** Brings what runs to where clients are taken under the newest policy; then it may be time to sleep. */
  private async serve(): Promise<void> {
    const link = (this.link ??= await this.openLink(this.process!));
    this.giveMemory();
    const { policyRevision } = this.wanted;
    if (link.appliedRevision < policyRevision && !(await link.apply(this.host.policyOf(this.id), APPLY_TIMEOUT_MS)))
      throw new Error(`policy ${policyRevision} was not applied`);
    if (!(await link.untilReady(START_TIMEOUT_MS))) throw new Error('the runtime does not accept clients');
    this.served = true;
    const problem = await this.host.openRoute(this.wanted);
    const { waking } = this;
    this.woken({ ok: true, retryMs: null });
    if (waking !== null && this.sleep.record.isAsleep) this.sleep.woke(waking.cause, waking.askedAt);
    this.sleep.record.foundAwake();
    this.say('RUNNING', problem);
    this.sleep.awake(this.wanted.sleepAfterSeconds);
    const rest = await this.sleep.rest(link);
    if (rest === null) return;
    // On disk before its end: a process that ends without this note is one that died.
    this.sleep.fellAsleep(rest);
    this.served = false;
    await this.stopRuntime();
    this.again = true;
  }

  /** It runs another version than is wanted. What came from an agent that noted none is left alone. */
  private get isOutdated(): boolean {
    const running = this.process?.version ?? null;
    const wanted = this.host.versionFor(this.wanted.runtime.brokerVersion);
    return running !== null && wanted !== null && running !== wanted;
  }

  /** The policy's bound of the store is the newer one. */
  private get limits(): RuntimeLimits {
    const { runtime, storeBytesMax } = this.wanted;
    return { ...runtime, storeBytesMax };
  }

  private giveMemory(): void {
    const { memoryBytesMax } = this.limits;
    if (memoryBytesMax !== this.memoryBytesMax && this.host.limit(this.id, this.limits)) this.memoryBytesMax = memoryBytesMax;
  }

  private async stayAsleep(): Promise<void> {
    const problem = await this.host.openRoute(this.wanted);
    this.say('ASLEEP', problem);
    this.sleep.asleep();
  }

  /** False: what it shall run in is being made. */
  private async start(): Promise<boolean> {
    const { deploymentId } = this.wanted.runtime;
    await this.host.prepare(deploymentId, this.limits);
    this.say('STARTING', null);
    return this.take(await this.host.start(deploymentId, randomUUID(), this.limits));
  }

  private take(process: RunningRuntime | null): boolean {
    if (process === null) return false;
    this.startedAt = Date.now();
    this.served = false;
    this.memoryBytesMax = null;
    this.process = process;
    void process.exited.then((code) => this.onExit(process, code));
    return true;
  }

  private woken(woken: Woken): void {
    const { waking } = this;
    this.waking = null;
    waking?.settle(woken);
  }

  private async openLink(process: RunningRuntime): Promise<RuntimeLink> {
    const handlers = {
      onReport: (report: RuntimeReport) => {
        if (report.deploymentId === this.id) this.host.report(report);
      },
      onProblem: (problem: { code: string; message: string }) => this.log.warn({ deploymentId: this.id, problem }, 'the runtime says'),
    };
    const { link, hello } = await RuntimeLink.open(
      this.host.adminSocket(this.id),
      handlers,
      () => this.process !== process,
      START_TIMEOUT_MS,
    );
    process.incarnation ??= hello.incarnation;
    if (hello.deploymentId !== this.id || hello.incarnation !== process.incarnation) {
      link.close();
      throw new Error('another process answers on the admin socket');
    }
    void link.closed.then(() => {
      if (this.link !== link) return;
      this.link = null;
      // Either the process died (its exit says so) or only the socket broke.
      if (!this.stopping && this.wanted.runtime.state === 'RUNNING') setTimeout(() => this.look(), 20).unref();
    });
    return link;
  }

  private onExit(process: RunningRuntime, code: number | null): void {
    if (this.process !== process) return;
    this.process = null;
    this.link?.close();
    this.link = null;
    if (this.stopping || this.wanted.runtime.state !== 'RUNNING') return this.look();
    // It was ended for that: its end is no news, and nothing is started again.
    if (this.host.refusal(this.wanted) !== null) return this.look();
    this.restarts++;
    const problem = (code === null ? undefined : EXIT_PROBLEMS[code]) ?? {
      code: 'RUNTIME_START_FAILED' as const,
      message: `the runtime ended with code ${code ?? 'unknown'}`,
    };
    this.log.warn({ deploymentId: this.id, exitCode: code, restarts: this.restarts }, 'a runtime ended; it is started again');
    this.say(code !== null && code in EXIT_PROBLEMS ? 'FAILED' : 'EXITED', problem);
    if (Date.now() - this.startedAt > STABLE_MS) this.restartMs = RESTART_MS_MIN;
    if (this.served) this.restartMs = Math.min(this.restartMs, SERVED_RESTART_MS_MAX);
    this.lookLater();
  }

  private lookSoon(): void {
    setTimeout(() => this.look(), SOON_MS).unref();
  }

  /** Another look after a pause that doubles with every failure. */
  private lookLater(): void {
    if (this.holdOff !== null) return;
    this.holdOff = setTimeout(() => {
      this.holdOff = null;
      this.look();
    }, this.restartMs);
    this.restartMs = Math.min(this.restartMs * 2, RESTART_MS_MAX);
  }

  private async ensureStopped(state: 'STOPPED' | 'DELETED'): Promise<void> {
    this.sleep.stop();
    this.sleep.record.foundAwake();
    this.served = false;
    this.woken({ ok: false, retryMs: null });
    this.process ??= await this.host.adopt(this.id);
    if (this.process !== null) this.say('STOPPING', null);
    await this.host.closeRoute(this.id);
    await this.stopRuntime();
    if (state === 'DELETED') {
      await this.host.erase(this.id);
      this.erased = true;
    }
    this.say(state, null);
  }

  private async stopRuntime(): Promise<void> {
    const process = this.process;
    if (process === null) return this.rest();
    if (process.stop !== undefined) process.stop();
    else if (this.link === null) process.kill();
    else this.link.stop();
    const late = setTimeout(() => process.kill(), STOP_TIMEOUT_MS);
    this.process = null;
    await process.exited;
    clearTimeout(late);
    this.link?.close();
    this.link = null;
    await this.rest();
  }

  private async rest(): Promise<void> {
    await this.host
      .rest(this.id)
      .catch((error: unknown) => this.log.warn({ err: error, deploymentId: this.id }, 'something is still held'));
  }

  private say(state: RuntimeState, problem: RuntimeStateReport['problem']): void {
    const report: RuntimeStateReport = {
      deploymentId: this.id,
      generation: this.wanted.runtime.generation,
      incarnation: this.process?.incarnation ?? null,
      state,
      isolation: this.host.isolation,
      brokerVersion: this.process?.version ?? this.host.versionFor(this.wanted.runtime.brokerVersion),
      // Nobody is let in by an older one: the newest is applied before its door opens.
      appliedRevision: state === 'ASLEEP' ? this.wanted.policyRevision : (this.link?.appliedRevision ?? 0),
      restarts: this.restarts,
      sleep: this.sleep.record.report,
      problem,
      at: new Date().toISOString(),
    };
    const { at: _at, ...facts } = report;
    const text = JSON.stringify(facts);
    if (text === this.lastReported) return;
    this.lastReported = text;
    this.host.state(report);
  }
}
