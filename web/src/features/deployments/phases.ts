import type { DeploymentPhase } from '../../gql/graphql';
import type { Shape } from '../../ui/state-badge';
import type { Tone } from '../../ui/tone';

interface PhaseWords {
  word: string;
  shape: Shape;
  tone: Tone;
}

export const PHASES: Record<DeploymentPhase, PhaseWords> = {
  RUNNING: { word: 'Running', shape: 'check', tone: 'ok' },
  CREATING: { word: 'Creating', shape: 'turning', tone: 'busy' },
  STARTING: { word: 'Starting', shape: 'turning', tone: 'busy' },
  UPDATING: { word: 'Updating', shape: 'turning', tone: 'busy' },
  STOPPING: { word: 'Stopping', shape: 'turning', tone: 'busy' },
  DELETING: { word: 'Deleting', shape: 'turning', tone: 'busy' },
  DEGRADED: { word: 'Degraded', shape: 'triangle', tone: 'warn' },
  FAILED: { word: 'Failed', shape: 'cross', tone: 'bad' },
  ASLEEP: { word: 'Asleep', shape: 'moon', tone: 'idle' },
  STOPPED: { word: 'Stopped', shape: 'square', tone: 'idle' },
};

/** Phases in which somebody is at work and the page should look again soon. */
export function isBusy(phase: DeploymentPhase): boolean {
  return PHASES[phase].tone === 'busy';
}

/** Phases in which a client can connect. */
export function isUp(phase: DeploymentPhase): boolean {
  return phase === 'RUNNING' || phase === 'DEGRADED' || phase === 'UPDATING' || phase === 'ASLEEP';
}
