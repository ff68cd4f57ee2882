import { Select, Stack } from '@mantine/core';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { Card } from '../../ui/card';
import { Fault } from '../../ui/fault';
import { formatDuration } from '../../ui/format';

const NEVER = 'never';
const CHOICES = [60, 300, 600, 900, 3_600, 86_400];

interface Props {
  deployment: DeploymentDetailFragment;
  update: { mutate(input: { sleepAfterSeconds: number | null }): void; isPending: boolean; isError: boolean; error: Error | null };
}

/** After how long without a client it sleeps. A value that a script has set stands among the choices. */
export function SleepSetting({ deployment, update }: Props) {
  const { allowed, reason } = deployment.viewerCan.update;
  const { sleepAfterSeconds } = deployment;
  const choices =
    sleepAfterSeconds && !CHOICES.includes(sleepAfterSeconds) ? [...CHOICES, sleepAfterSeconds].toSorted((a, b) => a - b) : CHOICES;
  return (
    <Card title="Sleep">
      <Stack gap="sm">
        <Select
          label="Sleep after"
          description={
            allowed
              ? 'Without a client for this long its process ends; the first client that connects wakes it within moments, and nothing is lost.'
              : (reason ?? undefined)
          }
          data={[
            ...choices.map((seconds) => ({ value: String(seconds), label: formatDuration(seconds) })),
            { value: NEVER, label: 'Never' },
          ]}
          value={sleepAfterSeconds ? String(sleepAfterSeconds) : NEVER}
          allowDeselect={false}
          disabled={!allowed || update.isPending}
          maw={420}
          onChange={(value) => update.mutate({ sleepAfterSeconds: value === NEVER || value === null ? null : Number(value) })}
        />
        {update.isError && <Fault title="It was not changed" error={update.error} />}
      </Stack>
    </Card>
  );
}
