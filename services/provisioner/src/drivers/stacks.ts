/** What Terraform makes, as the steps of a deployment see it. */
import type { Situation } from '../reconcile/situation.repository.js';

/** Tells those who wait how far a long step is. */
export type Progress = (message: string) => void;

/** What is there, seen from outside: not what we noted, but what engine, AWS or database say. */
export interface Infrastructure {
  there: boolean;
  /** For people: what, and in which state. */
  facts: readonly string[];
}

/** What Terraform makes for deployments of one kind of cell. */
export interface Stacks {
  /** Makes or changes it. Throws TERRAFORM_FAILED. */
  apply(situation: Situation, progress: Progress): Promise<void>;
  /** Removes it again. */
  destroy(situation: Situation, progress: Progress): Promise<void>;
  inspect(situation: Situation): Promise<Infrastructure>;
}
