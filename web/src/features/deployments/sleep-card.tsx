import { Card } from '../../ui/card';
import { DetailList } from '../../ui/detail-list';
import { formatCount, formatDateTime, formatDuration } from '../../ui/format';
import { RelativeTime } from '../../ui/relative-time';
import type { DeploymentDetailFragment } from '../../gql/graphql';

const CAUSES = { CLIENT: 'a client connected', DUE: 'something was due, like a will' } as const;

/** Shown where a deployment sleeps or has slept: since when, what wakes it, and what its wakes took. */
export function SleepCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  const { asleepSince, nextWakeAt, wakeCount, lastWake, sleepAfterSeconds } = deployment;
  if (!asleepSince && wakeCount === 0) return null;
  return (
    <Card title="Sleep">
      <DetailList
        items={[
          asleepSince ? ['Asleep', <RelativeTime key="since" at={asleepSince} />] : null,
          asleepSince ? ['Wakes with', 'the first client that connects; no message is lost'] : null,
          nextWakeAt ? ['Or at', formatDateTime(nextWakeAt)] : null,
          ['Woken', `${formatCount(wakeCount)} ${wakeCount === 1 ? 'time' : 'times'}`],
          lastWake
            ? [
                'Last wake',
                <span key="wake">
                  <RelativeTime at={lastWake.at} />: {CAUSES[lastWake.cause]}, ready after {formatCount(lastWake.milliseconds)} ms
                </span>,
              ]
            : null,
          ['Sleeps', sleepAfterSeconds ? `after ${formatDuration(sleepAfterSeconds)} without a client` : 'never'],
        ]}
      />
    </Card>
  );
}
