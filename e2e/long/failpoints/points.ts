/** Where the worker and terraform are killed, and in which part of a deployment's life each place is come by. */
import type { Failpoint } from '../../../services/provisioner/src/worker/failpoint.ts';
import type { Stage } from '../life.ts';

/** `tf-…`: terraform and its provider are killed, by the wrapper of terraform-wrapper.ts. */
export type Point = Failpoint | `tf-${'init' | 'apply-start' | 'apply-complete' | 'apply-end' | 'destroy-start' | 'destroy-complete'}`;

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

/** By kind of cell. */
export const POINTS: Record<'process' | 'docker', Partial<Record<Point, readonly Stage[]>>> = {
  process: EVERYWHERE,
  docker: {
    ...EVERYWHERE,
    'before-apply': APPLIED,
    'state-saved': ['create', 'start', 'delete'],
    applied: APPLIED,
    'stack-noted': APPLIED,
    'before-destroy': REMOVED,
    destroyed: REMOVED,
    'folder-removed': REMOVED,
    'tf-init': ['create'],
    'tf-apply-start': ['create'],
    'tf-apply-complete': ['create'],
    'tf-apply-end': APPLIED,
    'tf-destroy-start': REMOVED,
    'tf-destroy-complete': REMOVED,
  },
};
