import { Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { mutate, useChange } from '../../api/use-api';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { paths } from '../../paths';
import { AllowedButton } from '../../ui/allowed-button';
import { Card } from '../../ui/card';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { Copyable } from '../../ui/copyable';
import { DetailList } from '../../ui/detail-list';
import { Fault } from '../../ui/fault';
import { formatDateTime } from '../../ui/format';
import { Section } from '../../ui/page';
import { RelativeTime } from '../../ui/relative-time';
import { OperationsQuery } from '../operations/queries';
import { DURABILITY } from './advanced';
import { DeleteDeployment, DeploymentQuery, DeploymentsQuery, UpdateDeployment } from './queries';
import { PlanSetting } from './plan-setting';
import { SleepSetting } from './sleep-setting';
import { useDeployment } from './use-deployment';
import { VersionSetting } from './version-setting';

const route = getRouteApi('/app/d/$deploymentId/settings');

export function SettingsPage() {
  const { deploymentId } = route.useParams();
  const { deployment } = useDeployment(deploymentId);
  if (!deployment) return null;
  return (
    <>
      <Section title="Settings" />
      <NameCard deployment={deployment} />
      <PlanSetting deployment={deployment} />
      <SleepSettingCard deployment={deployment} />
      <VersionSettingCard deployment={deployment} />
      <ProtectionCard deployment={deployment} />
      <AboutCard deployment={deployment} />
      <DangerCard deployment={deployment} />
    </>
  );
}

function useUpdate(deployment: DeploymentDetailFragment) {
  return useChange(
    (input: { name?: string; deletionProtection?: boolean; sleepAfterSeconds?: number | null; autoUpgrade?: boolean }) =>
      mutate(
        UpdateDeployment,
        { input: { id: deployment.id, expectedVersion: deployment.version, ...input } },
        (data) => data.updateDeployment,
      ),
    [DeploymentQuery, DeploymentsQuery],
  );
}

function NameCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  const [name, setName] = useState(deployment.name);
  const update = useUpdate(deployment);
  useEffect(() => setName(deployment.name), [deployment.name]);
  const changed = name.trim() !== deployment.name && name.trim() !== '';

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (changed)
      update.mutate({ name: name.trim() }, { onSuccess: () => notifications.show({ color: 'teal', message: 'The name was changed.' }) });
  }

  return (
    <Card title="Name">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Deployment name"
            description="The address does not change with it: devices go on as they are."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={64}
            maw={420}
          />
          {update.isError && <Fault title="The name was not changed" error={update.error} />}
          <Group>
            <AllowedButton
              type="submit"
              loading={update.isPending}
              permission={changed ? deployment.viewerCan.update : { allowed: false, reason: 'Change the name first.' }}
            >
              Rename
            </AllowedButton>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function SleepSettingCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  return <SleepSetting deployment={deployment} update={useUpdate(deployment)} />;
}

function VersionSettingCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  return <VersionSetting deployment={deployment} update={useUpdate(deployment)} />;
}

function ProtectionCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  const update = useUpdate(deployment);
  const { allowed, reason } = deployment.viewerCan.update;
  return (
    <Card title="Deletion protection">
      <Stack gap="sm">
        <Switch
          label="Refuse to delete this deployment"
          description={allowed ? 'Holds here and for every API key, until it is turned off.' : (reason ?? undefined)}
          checked={deployment.deletionProtection}
          disabled={!allowed || update.isPending}
          onChange={(event) => update.mutate({ deletionProtection: event.currentTarget.checked })}
        />
        {update.isError && <Fault title="It was not changed" error={update.error} />}
      </Stack>
    </Card>
  );
}

function AboutCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  return (
    <Card title="About">
      <DetailList
        items={[
          ['Id', <Copyable key="id" value={deployment.id} label="deployment id" />],
          ['Durability', DURABILITY[deployment.durability].label],
          deployment.isolation ? ['Isolation', deployment.isolation] : null,
          [
            'Policy',
            deployment.appliedRevision >= deployment.policyRevision
              ? `Revision ${deployment.policyRevision}, in force`
              : `Revision ${deployment.policyRevision}, ${deployment.appliedRevision} in force`,
          ],
          ['Created', <RelativeTime key="created" at={deployment.createdAt} />],
          deployment.expiresAt ? ['Expires', formatDateTime(deployment.expiresAt)] : null,
        ]}
      />
    </Card>
  );
}

function DangerCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  const navigate = useNavigate();
  const [asking, dialog] = useDisclosure(false);
  const remove = useChange(
    () => mutate(DeleteDeployment, { input: { id: deployment.id } }, (data) => data.deleteDeployment),
    [DeploymentsQuery, OperationsQuery],
  );

  async function confirmed(): Promise<void> {
    await remove.mutateAsync(undefined);
    await navigate({ to: paths.deployments(deployment.project.id) });
  }

  return (
    <Card title="Delete">
      <Group justify="space-between" gap="md">
        <Text maw="60ch">
          Cuts off every client and deletes the credentials, sessions, retained messages and queued messages of this deployment. Nothing of
          it comes back.
        </Text>
        <AllowedButton color="red.8" permission={deployment.viewerCan.delete} onClick={dialog.open}>
          Delete deployment
        </AllowedButton>
      </Group>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={`Delete ${deployment.name}?`}
        confirm="Delete deployment"
        typeToConfirm={deployment.name}
        onConfirm={confirmed}
      >
        Its data cannot be restored, and its address may go to somebody else.
      </ConfirmDialog>
    </Card>
  );
}
