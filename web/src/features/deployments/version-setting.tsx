import { Group, Stack, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { mutate, useChange } from '../../api/use-api';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { AllowedButton } from '../../ui/allowed-button';
import { Card } from '../../ui/card';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { DetailList } from '../../ui/detail-list';
import { Fault } from '../../ui/fault';
import { formatPlural } from '../../ui/format';
import { OperationsQuery } from '../operations/queries';
import { DeploymentQuery, DeploymentsQuery, UpgradeDeployment } from './queries';

interface Props {
  deployment: DeploymentDetailFragment;
  update: { mutate(input: { autoUpgrade: boolean }): void; isPending: boolean; isError: boolean; error: Error | null };
}

/** What it runs, what its machine has, and who decides when it changes. */
export function VersionSetting({ deployment, update }: Props) {
  const { brokerVersion, availableBrokerVersion, autoUpgrade } = deployment;
  const [asking, dialog] = useDisclosure(false);
  const upgrade = useChange(
    () => mutate(UpgradeDeployment, { input: { id: deployment.id } }, (data) => data.upgradeDeployment),
    [DeploymentQuery, DeploymentsQuery, OperationsQuery],
  );
  const clients = deployment.latest?.clients ?? 0;
  const { allowed, reason } = deployment.viewerCan.update;

  async function confirmed(): Promise<void> {
    await upgrade.mutateAsync(undefined);
    notifications.show({ color: 'teal', message: 'The upgrade has begun.' });
  }

  return (
    <Card title="Version">
      <Stack gap="md">
        <DetailList
          items={[
            ['Runs', brokerVersion ?? 'not known yet'],
            ['Newest', availableBrokerVersion === brokerVersion ? 'the same' : (availableBrokerVersion ?? 'not known yet')],
          ]}
        />
        <Switch
          label="Upgrade by itself"
          description={allowed ? 'Goes over to a newer version as soon as its machine has one.' : (reason ?? undefined)}
          checked={autoUpgrade}
          disabled={!allowed || update.isPending}
          onChange={(event) => update.mutate({ autoUpgrade: event.currentTarget.checked })}
        />
        {update.isError && <Fault title="It was not changed" error={update.error} />}
        <Group>
          <AllowedButton variant="default" permission={deployment.viewerCan.upgrade} onClick={dialog.open} loading={upgrade.isPending}>
            Upgrade
          </AllowedButton>
        </Group>
      </Stack>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={`Upgrade ${deployment.name}?`}
        confirm="Upgrade deployment"
        danger={false}
        onConfirm={confirmed}
      >
        {clients > 0 ? `${formatPlural(clients, 'connected client')} will be cut off for about a second.` : 'No client is connected.'} No
        session and no acknowledged message is lost.
      </ConfirmDialog>
    </Card>
  );
}
