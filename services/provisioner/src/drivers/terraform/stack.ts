/**
 * The stack of one deployment: a private folder with the root module, its variables and the state on disk, and a sealed
 * copy of the state in a vault. The copy on disk is written by terraform with every resource that is finished; the one
 * in the vault is what a worker goes on from whose disk is gone.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Drift } from '@rookery/contracts/drift';
import type { Database } from '@rookery/db/pool';
import { deploymentStacks } from '@rookery/db/schema/deployments';
import { AppError } from '@rookery/service-kit/errors';
import { writeDurably } from '@rookery/service-kit/files';
import { sql } from 'drizzle-orm';
import { failpoint } from '../../worker/failpoint.js';
import { driftOf } from './plan-drift.js';
import { type RunResult, runTerraform, type TerraformEvent, untilEnded } from './run.js';
import { type StackKey, StateRemoved, type StateVault, serialOf } from './state-vault.js';

/** A run of a worker that died may still be at work, and hold the state. */
const LOCK_SECONDS = 20;
const DESTROY = ['destroy', '-auto-approve', '-json', `-lock-timeout=${LOCK_SECONDS}s`];
const PLAN = 'compared.tfplan';

export interface StackOptions {
  binary: string;
  /** Folder `infra/terraform`. */
  source: string;
  /** Folder for all run folders. */
  home: string;
  vault: StateVault;
  db: Database;
}

/** A folder of infra/terraform/stacks, and what its provider needs. */
export interface StackKind {
  name: string;
  /** Variables of the worker's environment. */
  passedOn: readonly string[];
  /** Of one run. */
  timeoutMs: number;
}

/** As the state has it. */
export interface KnownResource {
  type: string;
  id: string;
}

interface State {
  outputs: Record<string, { value: unknown }>;
  resources: { mode: string; type: string; instances: { attributes: { id?: string } }[] }[];
}

export class Stack {
  readonly folder: string;

  constructor(
    private readonly options: StackOptions,
    private readonly key: StackKey,
    private readonly kind: StackKind,
  ) {
    this.folder = join(options.home, key.deploymentId);
  }

  /** Makes it so. Throws TERRAFORM_FAILED with what terraform said; what was made until then is in the state. */
  async apply(variables: object, onEvent: (event: TerraformEvent) => void): Promise<void> {
    await this.prepare(variables);
    await this.run(['apply', '-auto-approve', '-json', `-lock-timeout=${LOCK_SECONDS}s`], onEvent);
  }

  /** Removes all that the state knows, and the folder. */
  async destroy(variables: object, onEvent: (event: TerraformEvent) => void): Promise<void> {
    await this.prepare(variables);
    if (this.resources().length > 0) await this.run(DESTROY, onEvent);
    rmSync(this.folder, { recursive: true, force: true });
    await this.options.vault.remove(this.key);
  }

  /** What an apply would change now. Null: nothing. Throws TERRAFORM_FAILED. */
  async drift(variables: object): Promise<Drift | null> {
    await this.prepare(variables);
    const args = ['plan', '-detailed-exitcode', '-json', '-input=false', `-lock-timeout=${LOCK_SECONDS}s`, `-out=${PLAN}`];
    const planned = await this.ask(args, [0, 2]);
    if (planned.code === 0) return null;
    const shown = await this.ask(['show', '-json', PLAN], [0]);
    rmSync(join(this.root, PLAN));
    return driftOf(shown.output);
  }

  private async ask(args: readonly string[], fine: readonly number[]): Promise<RunResult> {
    const result = await this.terraform(args);
    if (result.code === null || !fine.includes(result.code)) throw failure(result.errors, result.output);
    return result;
  }

  /** What the state knows, once the state is at hand. */
  async known(): Promise<KnownResource[]> {
    await this.restore();
    return this.resources();
  }

  /** An output of the last apply, as text. Throws where there is none. */
  output(name: string): string {
    const value = this.hasState ? this.read().outputs[name]?.value : undefined;
    if (typeof value !== 'string') throw new Error(`The stack ${this.kind.name} of ${this.key.deploymentId} has no output ${name}`);
    return value;
  }

  /** Which generation it is of now. */
  async note(generation: number): Promise<void> {
    await this.options.db
      .insert(deploymentStacks)
      .values({ ...this.key, generation })
      .onConflictDoUpdate({
        target: [deploymentStacks.organizationId, deploymentStacks.deploymentId],
        set: { generation, updatedAt: sql`now()` },
      });
  }

  private resources(): KnownResource[] {
    if (!this.hasState) return [];
    return this.read()
      .resources.filter(({ mode }) => mode === 'managed')
      .flatMap(({ type, instances }) => instances.flatMap(({ attributes: { id } }) => (id === undefined ? [] : [{ type, id }])));
  }

  private read(): State {
    return JSON.parse(readFileSync(this.stateFile, 'utf8')) as State;
  }

  private get stateFile(): string {
    return join(this.root, 'terraform.tfstate');
  }

  /** A run that was killed at its very start leaves an empty file. */
  private get hasState(): boolean {
    return existsSync(this.stateFile) && statSync(this.stateFile).size > 0;
  }

  private async prepare(variables: object): Promise<void> {
    await this.restore();
    // The layout of infra/terraform: the root module finds its modules two folders up.
    cpSync(join(this.options.source, 'modules'), join(this.folder, 'infra/modules'), { recursive: true });
    cpSync(join(this.options.source, 'stacks', this.kind.name), this.root, { recursive: true });
    writeDurably(join(this.root, 'terraform.tfvars.json'), JSON.stringify(variables, null, 2));
    if (existsSync(join(this.root, '.terraform'))) return;
    const { code, output, errors } = await this.terraform(['init', '-input=false', '-no-color']);
    if (code === 0) return;
    rmSync(join(this.root, '.terraform'), { recursive: true, force: true });
    throw failure(errors, output);
  }

  private get root(): string {
    return join(this.folder, 'infra/stacks', this.kind.name);
  }

  private async run(args: readonly string[], onEvent: (event: TerraformEvent) => void): Promise<void> {
    const result = await this.terraform(args, (event) => {
      if (event.type === 'apply_start') failpoint(args[0] === 'apply' ? 'applying' : 'destroying');
      onEvent(event);
    });
    await this.save().catch((error: unknown) => (error instanceof StateRemoved ? this.takeBack(error) : Promise.reject(error)));
    failpoint('state-saved');
    if (result.code !== 0) throw failure(result.errors, result.output);
  }

  private terraform(args: readonly string[], onEvent?: (event: TerraformEvent) => void): Promise<RunResult> {
    const { timeoutMs, passedOn } = this.kind;
    return runTerraform({ binary: this.options.binary, folder: this.root, args, timeoutMs, passedOn, ...(onEvent ? { onEvent } : {}) });
  }

  /** While this worker was at it another has removed all that there was: what was made since is known here and nowhere else. */
  private async takeBack(error: StateRemoved): Promise<never> {
    const { code, errors, output } = await this.terraform(DESTROY);
    if (code !== 0) throw failure(errors, output);
    rmSync(this.folder, { recursive: true, force: true });
    throw error;
  }

  /** The kept state, where the disk has none or an older one: another worker may have gone on since. */
  private async restore(): Promise<void> {
    await untilEnded(this.root, this.kind.timeoutMs);
    mkdirSync(this.root, { recursive: true, mode: 0o700 });
    const kept = await this.options.vault.read(this.key);
    if (kept !== null && (!this.hasState || serialOf(kept) > serialOf(readFileSync(this.stateFile)))) writeDurably(this.stateFile, kept);
  }

  private async save(): Promise<void> {
    if (this.hasState) await this.options.vault.write(this.key, readFileSync(this.stateFile));
  }
}

function failure(errors: readonly string[], output: string): AppError {
  const message = (errors.join('\n') || output).split('\n').slice(0, 6).join('\n').slice(0, 1_000);
  return new AppError('TERRAFORM_FAILED', { message, retry: 'later' });
}
