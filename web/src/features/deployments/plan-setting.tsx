import { Group, Select, Stack, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { mutate, useApi, useChange } from '../../api/use-api';
import type { DeploymentDetailFragment, PlanChoicesQuery as PlanChoices } from '../../gql/graphql';
import { AllowedButton } from '../../ui/allowed-button';
import { Card } from '../../ui/card';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { Fault } from '../../ui/fault';
import { formatBytes, formatCount, formatDuration } from '../../ui/format';
import { OperationsQuery } from '../operations/queries';
import { LIMITS } from './limits';
import { DeploymentQuery, DeploymentsQuery, PlanChoicesQuery, ResizeDeployment } from './queries';

type Choice = NonNullable<PlanChoices['deployment']>['planChoices'][number];
type Quotas = Choice['plan']['quotas'];

interface Row {
  name: string;
  quota: keyof Quotas;
  format?: ((value: number | null | undefined) => string) | undefined;
}

/** Those of the overview, and what only a change of the plan makes one think of. */
const ROWS: readonly Row[] = [
  ...LIMITS,
  { name: 'Credentials', quota: 'credentialsMax' },
  { name: 'Access rules', quota: 'accessRulesMax' },
  { name: 'Session expiry', quota: 'sessionExpirySecondsMax', format: (seconds) => formatDuration(seconds ?? 0) },
];

/** The plan, and what another one would change, side by side. */
export function PlanSetting({ deployment }: { deployment: DeploymentDetailFragment }) {
  const { data, error, refetch } = useApi(PlanChoicesQuery, { id: deployment.id });
  const [wanted, setWanted] = useState<string | null>(null);
  const [asking, dialog] = useDisclosure(false);
  const resize = useChange(
    (planId: string) =>
      mutate(
        ResizeDeployment,
        { input: { id: deployment.id, expectedVersion: deployment.version, planId } },
        (answer) => answer.resizeDeployment,
      ),
    [DeploymentQuery, DeploymentsQuery, OperationsQuery, PlanChoicesQuery],
  );
  const choices = data?.deployment?.planChoices ?? [];
  const choice = choices.find(({ plan }) => plan.id === wanted && plan.id !== deployment.plan.id);

  async function confirmed(planId: string): Promise<void> {
    await resize.mutateAsync(planId);
    notifications.show({ color: 'teal', message: 'The plan is being changed.' });
  }

  return (
    <Card title="Plan" aside={deployment.plan.name}>
      <Stack gap="md">
        {error && <Fault title="The plans could not be loaded" error={error} onRetry={() => void refetch()} />}
        <Select
          label="Compare with"
          description="A change takes effect at once: nobody is cut off, and no message is lost."
          placeholder={choices.length > 1 ? 'Choose a plan' : 'There is no other plan'}
          data={choices.filter(({ plan }) => plan.id !== deployment.plan.id).map(({ plan }) => ({ value: plan.id, label: plan.name }))}
          value={choice ? choice.plan.id : null}
          onChange={setWanted}
          disabled={choices.length < 2}
          maw={420}
        />
        {choice && <Comparison deployment={deployment} plan={choice.plan} over={choice.over} />}
        {choice && !choice.allowed && (
          <Text size="sm" role="status">
            {choice.reason}
          </Text>
        )}
        <Group>
          <AllowedButton permission={permission(deployment, choice)} onClick={dialog.open} loading={resize.isPending}>
            Change plan
          </AllowedButton>
        </Group>
      </Stack>
      {choice && (
        <ConfirmDialog
          opened={asking}
          onClose={dialog.close}
          title={`Change ${deployment.name} to ${choice.plan.name}?`}
          confirm="Change plan"
          danger={false}
          onConfirm={() => confirmed(choice.plan.id)}
        >
          Its limits become those of {choice.plan.name}, whatever was set for this deployment alone. Clients stay connected.
          {deployment.connection.mqttPort !== null && !choice.plan.plainPort && ' The port without TLS is closed.'}
        </ConfirmDialog>
      )}
    </Card>
  );
}

function permission(deployment: DeploymentDetailFragment, choice: Choice | undefined) {
  if (!deployment.viewerCan.resize.allowed) return deployment.viewerCan.resize;
  if (!choice) return { allowed: false, reason: 'Choose another plan first.' };
  return { allowed: choice.allowed, reason: choice.reason };
}

function Comparison({ deployment, plan, over }: { deployment: DeploymentDetailFragment; plan: Choice['plan']; over: Choice['over'] }) {
  const isOver = (quota: string) => over.some((each) => each.quota === quota);
  return (
    <Table.ScrollContainer minWidth={300}>
      <Table aria-label={`${deployment.plan.name} and ${plan.name} side by side`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Limit</Table.Th>
            <Table.Th ta="right">Now</Table.Th>
            <Table.Th ta="right">{plan.name}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {ROWS.map(({ name, quota, format = formatCount }) => {
            const [now, then] = [deployment.quotas[quota], plan.quotas[quota]];
            return (
              <Table.Tr key={quota}>
                <Table.Td>{name}</Table.Td>
                <Table.Td ta="right">{format(now)}</Table.Td>
                <Table.Td ta="right" fw={now === then ? undefined : 600}>
                  {now === then ? 'the same' : format(then)}
                  {isOver(quota) && ' · too small'}
                </Table.Td>
              </Table.Tr>
            );
          })}
          <Table.Tr>
            <Table.Td>Port without TLS</Table.Td>
            <Table.Td ta="right">{deployment.connection.mqttPort === null ? 'no' : 'yes'}</Table.Td>
            <Table.Td ta="right">{plan.plainPort ? 'yes' : 'no'}</Table.Td>
          </Table.Tr>
          {over
            .filter(({ quota }) => quota === 'memoryBytesMax')
            .map(({ quota, limit, used }) => (
              <Table.Tr key={quota}>
                <Table.Td>Memory</Table.Td>
                <Table.Td ta="right">{formatBytes(used)} used</Table.Td>
                <Table.Td ta="right" fw={600}>
                  {formatBytes(limit)} · too small
                </Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
