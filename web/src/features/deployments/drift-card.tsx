import type { DeploymentDetailFragment } from '../../gql/graphql';
import { Card } from '../../ui/card';
import { RelativeTime } from '../../ui/relative-time';

/** Shown while the last comparison found it other than it was made. */
export function DriftCard({ drift: { kind, attributes, foundAt } }: { drift: NonNullable<DeploymentDetailFragment['drift']> }) {
  const words = kind === 'MISSING' ? 'What was made for this deployment is gone.' : `Changed by somebody else: ${attributes.join(', ')}.`;
  return (
    <Card title="Not as it was made">
      {words} Found <RelativeTime at={foundAt} />; it is put right by a repair where that is possible.
    </Card>
  );
}
