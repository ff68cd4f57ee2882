/** One deployment from create to delete, asked for by a script that asks again when an outage refuses it. */
import type { Api } from '../support/api.ts';

const VERBS = ['stopDeployment', 'startDeployment', 'deleteDeployment'] as const;
/** An answer that was lost may have been carried out all the same. */
const DONE_ALREADY = ['PHASE_CONFLICT', 'NOT_FOUND', 'OPERATION_IN_PROGRESS'];

export type Stage = 'create' | 'stop' | 'start' | 'delete';

export interface LifeOptions {
  region?: string;
  /** Called before the stage is asked for. */
  onStage?: (stage: Stage) => Promise<void> | void;
}

export class Life {
  readonly api: Api;
  readonly name: string;
  /** Waits for the end of the create; else what is being created is stopped. */
  readonly patient: boolean;
  /** What is being done right now. */
  stage: Stage | 'over' = 'create';
  /** Of the deployment, once the api has said it. */
  id: string | null = null;
  private readonly options: LifeOptions;

  constructor(api: Api, name: string, patient: boolean, options: LifeOptions = {}) {
    this.api = api;
    this.name = name;
    this.patient = patient;
    this.options = options;
  }

  /** Create, stop, start, delete, each waited for. Rejects when one of them cannot be had within `timeoutMs`. */
  async run(timeoutMs: number): Promise<void> {
    const { region, onStage } = this.options;
    await onStage?.('create');
    const input = { name: this.name, idempotencyKey: this.name, ...(region === undefined ? {} : { region }) };
    const created = await again(timeoutMs, () => this.api.mutate('createDeployment', 'deployment { id } operation { id }', input));
    const id = created.deployment.id as string;
    this.id = id;
    if (this.patient) await this.end(created.operation.id, timeoutMs);
    for (const verb of VERBS) {
      if (verb !== 'deleteDeployment') await this.phase(id, verb === 'stopDeployment' ? 'RUNNING' : 'STOPPED', timeoutMs);
      this.stage = verb === 'stopDeployment' ? 'stop' : verb === 'startDeployment' ? 'start' : 'delete';
      await onStage?.(this.stage);
      const operation = await this.ask(verb, id, timeoutMs);
      if (operation !== null) await this.end(operation, timeoutMs);
    }
    this.stage = 'over';
  }

  private async ask(verb: string, id: string, timeoutMs: number): Promise<string | null> {
    return again(timeoutMs, async () => {
      const payload = await this.api.tryMutate(verb, 'operation { id }', { id });
      const errors = payload.userErrors as { code: string }[];
      if (errors.some(({ code }) => !DONE_ALREADY.includes(code))) throw new Error(JSON.stringify(errors));
      return (payload.operation?.id as string | undefined) ?? null;
    });
  }

  private async end(operation: string, timeoutMs: number): Promise<void> {
    await again(timeoutMs, async () => {
      const { state } = await this.api.operation(operation);
      if (state !== 'SUCCEEDED') throw new Error(`operation is ${state}`);
    });
  }

  private async phase(id: string, wanted: string, timeoutMs: number): Promise<void> {
    await again(timeoutMs, async () => {
      const { deployment } = await this.api.query('query ($id: ID!) { deployment(id: $id) { phase } }', { id });
      if (deployment.phase !== wanted) throw new Error(`phase is ${deployment.phase}`);
    });
  }
}

async function again<T>(timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
}
