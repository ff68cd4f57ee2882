/**
 * Looks at one deployment after the other: take the steps that can be taken now, note how far its operations are, and give
 * it back. A lock on a connection of its own keeps two workers from looking at the same deployment; a crash frees it.
 */
import type { Database } from '@rookery/db/pool';
import { AppError, messageOf } from '@rookery/service-kit/errors';
import { uuidOf } from '@rookery/service-kit/ids';
import type { Logger } from '@rookery/service-kit/log';
import type { Driver } from '../drivers/driver.js';
import { failpoint } from '../worker/failpoint.js';
import { whileLocked } from '../worker/row-lock.js';
import { type Claim, claimNext, postponeClaim, releaseClaim } from './claims.repository.js';
import { Places } from './places.js';
import { nextSteps } from './next-steps.js';
import type { Observed, Step } from './steps.js';
import { failedSteps, percentOf, stepsOf } from './progress.js';
import * as repository from './situation.repository.js';

/** A machine that has not brought about what it was told after this long is not waited for any more. */
const AWAIT_MS_MAX = 120_000;
/** One that was only just made has to boot and to join before. */
const NEW_MACHINE_MS_MAX = 15 * 60_000;
const TRIES_MAX = 10;
const RETRY_SECONDS_MAX = 300;
/** Then whatever else stands in the queue gets its turn. */
const LOOKS_MAX = 20;
const GENERATION_MAX = 2 ** 31 - 1;

/** Where each step has just been taken. */
const DONE = { place: 'placed', configure: 'configured', apply: 'stack-noted', destroy: 'destroyed', release: 'released' } as const;

interface Failure {
  code: string;
  message: string;
}

export class Reconciler {
  private readonly places: Places;
  private stopped = false;

  constructor(
    private readonly db: Database,
    private readonly driver: Driver,
    private readonly log: Logger,
    /** How much of one organization is looked at by this worker at a time. */
    ofOneMax = Infinity,
  ) {
    this.places = new Places(ofOneMax);
  }

  /** What is under way is seen through; nothing else is begun. */
  stop(): void {
    this.stopped = true;
  }

  /**
   * Looks at what is due, one after the other: what was looked at may have been what others had to wait for. Resolves to
   * whether there may be more. Throws what is to be tried again.
   */
  async lookAtNext(): Promise<boolean> {
    for (let looks = 0; looks < LOOKS_MAX && !this.stopped; looks++) {
      const claim = await this.places.take((full) => claimNext(this.db, full));
      if (claim === null) return false;
      // Nothing when another worker has the deployment: that one sees all that was wanted before it gives it back.
      const row = uuidOf('deployment', claim.deploymentId)!;
      await whileLocked(this.db, row, () => this.serve(claim)).finally(() => this.places.free(claim));
    }
    return true;
  }

  private async serve(claim: Claim): Promise<void> {
    failpoint('claimed');
    let awaited = false;
    try {
      awaited = await this.look(claim);
    } catch (error) {
      await this.tryAgainLater(claim, error);
    }
    await releaseClaim(this.db, claim, { awaited });
  }

  /** Resolves to whether its machine has to bring something about now. */
  private async look(claim: Claim): Promise<boolean> {
    for (;;) {
      const situation = await repository.readSituation(this.db, claim);
      // A deployment that is gone has nothing left to wish.
      if (situation === null) return this.finish(claim, GENERATION_MAX);
      const left = nextSteps(situation.deployment, observed(situation));
      const [step] = left;
      if (step === undefined) {
        if (situation.infrastructure?.failedGeneration) await repository.clearFailure(this.db, claim, situation.deployment.generation);
        await repository.noteVersion(this.db, claim, situation);
        return this.finish(claim, situation.deployment.generation);
      }
      if (step === 'await' || step === 'prepare' || step === 'join') return this.wait(claim, situation, left);
      try {
        if (step === 'apply' || step === 'destroy') await this.follow(claim, situation, left, step);
        else await this.driver[step](situation);
        failpoint(DONE[step]);
      } catch (error) {
        if (!(error instanceof AppError) || error.retry === 'later') throw error;
        return this.fail(claim, situation.deployment.generation, left, { code: error.code, message: error.publicMessage });
      }
    }
  }

  /** A step that takes a while: those who wait see it running, and what it says. */
  private async follow(claim: Claim, situation: repository.Situation, left: readonly Step[], step: 'apply' | 'destroy'): Promise<void> {
    const operations = await repository.openOperations(this.db, claim, situation.deployment.generation);
    const note = async (message: string | null) => {
      for (const operation of operations) {
        const steps = stepsOf(operation.verb, left, operation.steps, new Date().toISOString(), situation.aws !== null);
        const said = steps.map((each) => (each.name === step ? { ...each, message } : each));
        await repository.saveProgress(this.db, operation, said, percentOf(said));
      }
    };
    await note(null);
    let saying = Promise.resolve();
    await this.driver[step](situation, (message) => {
      // What it says is for those who wait; that it could not be noted ends neither the step nor this process.
      saying = saying
        .then(() => note(message))
        .catch((error: unknown) => this.log.warn({ err: error, deploymentId: claim.deploymentId }, 'progress could not be noted'));
    }).finally(() => saying);
  }

  /** Notes how far it is, and resolves to true. A machine that says it cannot, or that says nothing for too long, ends the operation. */
  private async wait(claim: Claim, situation: repository.Situation, left: readonly Step[]): Promise<boolean> {
    const { deployment, report, machineLost, aws } = situation;
    if (report?.state === 'FAILED' && report.generation === deployment.generation) {
      const code = report.problemCode ?? 'RUNTIME_START_FAILED';
      return this.fail(claim, deployment.generation, left, { code, message: report.problemMessage ?? 'The broker did not start.' });
    }
    const operations = await repository.openOperations(this.db, claim, deployment.generation);
    const waitsMsMax = aws === null ? AWAIT_MS_MAX : NEW_MACHINE_MS_MAX;
    if (operations.some(({ startedAt }) => startedAt && Date.now() - startedAt.getTime() > waitsMsMax)) {
      if (left[0] === 'join') return this.fail(claim, deployment.generation, left, await this.missing(situation));
      const lost = { code: 'MACHINE_LOST', message: 'The machine has stopped reporting.' };
      const late = { code: 'RUNTIME_UNREACHABLE', message: 'The machine did not bring it about in time.' };
      return this.fail(claim, deployment.generation, left, machineLost ? lost : late);
    }
    for (const operation of operations) {
      const steps = stepsOf(operation.verb, left, operation.steps, new Date().toISOString(), aws !== null);
      await repository.saveProgress(this.db, operation, steps, percentOf(steps));
    }
    return true;
  }

  /** Of a machine that was made and did not join: what is seen of it. */
  private async missing(situation: repository.Situation): Promise<Failure> {
    const { facts } = await this.driver.inspect(situation);
    const seen = facts.filter((fact) => fact.startsWith('instance'));
    return { code: 'MACHINE_LOST', message: `The machine did not join in time; seen: ${seen.join(', ') || 'no machine'}.` };
  }

  /** It is as wanted: nothing is awaited. */
  private async finish(claim: Claim, generation: number): Promise<false> {
    for (const operation of await repository.openOperations(this.db, claim, generation)) {
      await repository.finishOperation(this.db, operation, stepsOf(operation.verb, [], operation.steps, new Date().toISOString()));
      failpoint('operation-ended');
    }
    return false;
  }

  /** It cannot be as wanted: nothing is awaited either. */
  private async fail(claim: Claim, generation: number, left: readonly Step[], failure: Failure): Promise<false> {
    const now = new Date().toISOString();
    await repository.saveFailure(this.db, claim, generation, failure);
    for (const operation of await repository.openOperations(this.db, claim, generation)) {
      const steps = failedSteps(stepsOf(operation.verb, left, operation.steps, now), failure.message, now);
      await repository.failOperation(this.db, operation, steps, failure);
    }
    this.log.warn({ deploymentId: claim.deploymentId, generation, ...failure }, 'a deployment could not be made as wanted');
    return false;
  }

  private async tryAgainLater(claim: Claim, error: unknown): Promise<void> {
    const attempts = claim.attempts + 1;
    if (attempts >= TRIES_MAX) {
      const situation = await repository.readSituation(this.db, claim);
      const failure =
        error instanceof AppError
          ? { code: error.code, message: error.publicMessage }
          : { code: 'INTERNAL', message: 'It was tried ten times without success.' };
      if (situation) await this.fail(claim, situation.deployment.generation, nextSteps(situation.deployment, observed(situation)), failure);
      this.log.error({ err: error, deploymentId: claim.deploymentId }, 'a deployment is given up');
      return;
    }
    this.log.warn({ err: error, deploymentId: claim.deploymentId, attempts }, 'a deployment is tried again later');
    await postponeClaim(this.db, claim, Math.min(2 ** attempts, RETRY_SECONDS_MAX), messageOf(error));
    throw error;
  }
}

function observed({ infrastructure, report, docker, aws, stackGeneration }: repository.Situation): Observed {
  return {
    placed: aws !== null || (infrastructure?.machineId ?? null) !== null,
    specGeneration: infrastructure?.generation ?? 0,
    stackGeneration: docker === null && aws === null ? null : stackGeneration,
    machine: aws === null ? null : aws.machineId === null ? 'missing' : 'joined',
    reported: report?.state ? { state: report.state, generation: report.generation } : null,
  };
}
