import type { DeploymentPhase } from '../../gql/graphql';
import { StateBadge } from '../../ui/state-badge';
import { PHASES } from './phases';

export function PhaseBadge({ phase }: { phase: DeploymentPhase }) {
  return <StateBadge {...PHASES[phase]} />;
}
