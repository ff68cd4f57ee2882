/** What every way of running deployments can do. Each step may be taken again: it finds what it did before. */
import type { Situation } from '../reconcile/situation.repository.js';

export interface Driver {
  /** Chooses where the deployment runs. Throws NO_CAPACITY. */
  place(situation: Situation): Promise<void>;
  /** Gives the place what it must know to reach the wanted state. Throws PORTS_EXHAUSTED. */
  configure(situation: Situation): Promise<void>;
  /** Forgets the deployment, once its place has removed all of it. */
  release(situation: Situation): Promise<void>;
}
