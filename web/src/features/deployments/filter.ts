import type { DeploymentPhase, DeploymentRowFragment } from '../../gql/graphql';
import { PHASES } from './phases';

export interface Filter {
  q?: string;
  phase?: string;
  region?: string;
}

/** All rows of a project are loaded anyway (2,000 at most are shown), so filtering costs no request. */
export function filterDeployments(rows: readonly DeploymentRowFragment[], { q, phase, region }: Filter): DeploymentRowFragment[] {
  const words = q?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  return rows.filter(
    (row) =>
      (!phase || row.phase === phase) &&
      (!region || row.region.id === region) &&
      words.every((word) => row.name.toLowerCase().includes(word) || row.id.includes(word) || row.plan.name.toLowerCase().includes(word)),
  );
}

/** The phases that occur, with how many rows are in each, in the order of the glossary. */
export function phaseChoices(rows: readonly DeploymentRowFragment[]): { value: string; label: string }[] {
  const phases = Object.keys(PHASES) as DeploymentPhase[];
  return phases.flatMap((phase) => {
    const count = rows.filter((row) => row.phase === phase).length;
    return count === 0 ? [] : [{ value: phase, label: `${PHASES[phase].word} (${count})` }];
  });
}
