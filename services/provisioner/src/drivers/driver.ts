/** What can be done for a deployment. Each step may be taken again: it finds what it did before. */
import { AppError } from '@rookery/service-kit/errors';
import type { Situation } from '../reconcile/situation.repository.js';
import type { Placement } from './placement.js';
import type { DockerStacks, Progress } from './terraform/docker-stacks.js';

export interface Driver {
  place(situation: Situation): Promise<void>;
  configure(situation: Situation): Promise<void>;
  /** Makes or changes what Terraform makes for this kind of cell. Throws TERRAFORM_FAILED. */
  apply(situation: Situation, progress: Progress): Promise<void>;
  /** Removes it again. */
  destroy(situation: Situation, progress: Progress): Promise<void>;
  release(situation: Situation): Promise<void>;
}

/** The steps of every kind of cell. `docker` is null where this worker has no terraform or no engine. */
export function driverOf(placement: Placement, docker: DockerStacks | null): Driver {
  const stacks = () => {
    if (docker === null)
      throw new AppError('TERRAFORM_FAILED', {
        message: 'this worker has no terraform: set TERRAFORM_BIN and DOCKER_HOST',
        retry: 'later',
      });
    return docker;
  };
  return {
    place: (situation) => placement.place(situation),
    configure: (situation) => placement.configure(situation),
    apply: (situation, progress) => stacks().apply(situation, progress),
    destroy: (situation, progress) => stacks().destroy(situation, progress),
    release: (situation) => placement.release(situation),
  };
}
