import type { ExportKind, ExportState } from '../../gql/graphql';
import type { Shape } from '../../ui/state-badge';
import type { Tone } from '../../ui/tone';

export const KINDS: Record<ExportKind, { word: string; holds: string }> = {
  AUDIT_LOG: { word: 'Audit log', holds: 'Every change, by whom, and what was there before and after.' },
  USAGE: {
    word: 'Usage',
    holds: 'What brokers counted every ten seconds, which is kept for two days, and the meters of traffic and connections.',
  },
};

export const STATES: Record<ExportState, { word: string; shape: Shape; tone: Tone }> = {
  QUEUED: { word: 'Waiting', shape: 'turning', tone: 'busy' },
  RUNNING: { word: 'Running', shape: 'turning', tone: 'busy' },
  READY: { word: 'Ready', shape: 'check', tone: 'ok' },
  FAILED: { word: 'Failed', shape: 'cross', tone: 'bad' },
  EXPIRED: { word: 'Expired', shape: 'square', tone: 'idle' },
};

export function isOpen(state: ExportState): boolean {
  return state === 'QUEUED' || state === 'RUNNING';
}
