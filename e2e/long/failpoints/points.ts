/** Where the worker and terraform are killed, and in which part of a deployment's life each place is come by. */
import type { Failpoint } from '../../../services/provisioner/src/worker/failpoint.ts';
import type { Stage } from '../life.ts';

/** `tf-…`: terraform and its provider are killed, by the wrapper of terraform-wrapper.ts. */
export type Point = Failpoint | `tf-${'init' | 'apply-start' | 'apply-complete' | 'apply-end' | 'destroy-start' | 'destroy-complete'}`;

export const KINDS = ['process', 'docker', 'aws'] as const;
export type Kind = (typeof KINDS)[number];

const ALL = ['create', 'stop', 'start', 'delete'] as const;
const APPLIED = ['create', 'start'] as const;
const REMOVED = ['delete'] as const;

const EVERYWHERE: Partial<Record<Point, readonly Stage[]>> = {
  claimed: ALL,
  placed: ['create'],
  configured: ALL,
  released: REMOVED,
  'operation-ended': ['create', 'stop', 'start'],
};

/** Of every kind where Terraform makes something. */
const OF_STACKS: Partial<Record<Point, readonly Stage[]>> = {
  'before-apply': APPLIED,
  applying: ['create'],
  'state-saved': ['create', 'start', 'delete'],
  applied: APPLIED,
  'stack-noted': APPLIED,
  'before-destroy': REMOVED,
  destroying: REMOVED,
  destroyed: REMOVED,
  'folder-removed': REMOVED,
  'tf-init': ['create'],
  'tf-apply-start': ['create'],
  'tf-apply-complete': ['create'],
  'tf-apply-end': APPLIED,
  'tf-destroy-start': REMOVED,
  'tf-destroy-complete': REMOVED,
};

/** By kind of cell. */
export const POINTS: Record<Kind, Partial<Record<Point, readonly Stage[]>>> = {
  process: EVERYWHERE,
  docker: { ...EVERYWHERE, ...OF_STACKS },
  // Its machine is told nothing of a deletion: all of it goes.
  aws: { ...EVERYWHERE, configured: ['create', 'stop', 'start'], ...OF_STACKS, 'token-written': ['create'] },
};
