/** What can be done for a deployment. Each step may be taken again: it finds what it did before. */
import { AppError } from '@rookery/service-kit/errors';
import type { Situation } from '../reconcile/situation.repository.js';
import type { Placement } from './placement.js';
import type { Stacks } from './stacks.js';

export interface Driver extends Stacks {
  place(situation: Situation): Promise<void>;
  configure(situation: Situation): Promise<void>;
  release(situation: Situation): Promise<void>;
}

/** Null: this worker has not what it needs. */
export interface StacksByKind {
  docker: Stacks | null;
  aws: Stacks | null;
}

const NEEDS = {
  docker: 'this worker makes no containers: set DOCKER_HOST, TERRAFORM_HOME and the keys (KEK_FILE or ROOKERY_KEK)',
  aws: 'this worker makes no machines: set TERRAFORM_HOME and the keys (KEK_FILE or ROOKERY_KEK)',
};

/** The steps of every kind of cell. */
export function driverOf(placement: Placement, byKind: StacksByKind): Driver {
  const stacksOf = ({ aws }: Situation): Stacks => {
    const kind = aws === null ? 'docker' : 'aws';
    const stacks = byKind[kind];
    if (stacks === null) throw new AppError('TERRAFORM_FAILED', { message: NEEDS[kind], retry: 'later' });
    return stacks;
  };
  return {
    place: (situation) => placement.place(situation),
    configure: (situation) => placement.configure(situation),
    apply: (situation, progress) => stacksOf(situation).apply(situation, progress),
    destroy: (situation, progress) => stacksOf(situation).destroy(situation, progress),
    inspect: (situation) => ((situation.aws ?? situation.docker) ? stacksOf(situation).inspect(situation) : placement.inspect(situation)),
    release: (situation) => placement.release(situation),
  };
}
