import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { asApiError } from '../../api/api-error';
import { mutate, useChange } from '../../api/use-api';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { AllowedButton } from '../../ui/allowed-button';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { formatPlural } from '../../ui/format';
import { OperationsQuery } from '../operations/queries';
import { DeploymentQuery, DeploymentsQuery, StartDeployment, StopDeployment } from './queries';

const AFFECTED = [DeploymentQuery, DeploymentsQuery, OperationsQuery];

export function useStartDeployment() {
  return useChange((id: string) => mutate(StartDeployment, { input: { id } }, (data) => data.startDeployment), AFFECTED);
}

export function useStopDeployment() {
  return useChange((id: string) => mutate(StopDeployment, { input: { id } }, (data) => data.stopDeployment), AFFECTED);
}

export function complain(title: string): (error: unknown) => void {
  return (error) => {
    const { code, message } = asApiError(error);
    notifications.show({ color: 'red', title, message: `${message} ${code}` });
  };
}

export function StartButton({ deployment, label = 'Start' }: { deployment: DeploymentDetailFragment; label?: string }) {
  const start = useStartDeployment();
  return (
    <AllowedButton
      permission={deployment.viewerCan.start}
      leftSection={<IconPlayerPlay size={16} />}
      loading={start.isPending}
      onClick={() => start.mutate(deployment.id, { onError: complain(`${deployment.name} was not started`) })}
    >
      {label}
    </AllowedButton>
  );
}

export function StopButton({ deployment }: { deployment: DeploymentDetailFragment }) {
  const stop = useStopDeployment();
  const [asking, dialog] = useDisclosure(false);
  const clients = deployment.latest?.clients ?? 0;
  return (
    <>
      <AllowedButton
        permission={deployment.viewerCan.stop}
        variant="default"
        leftSection={<IconPlayerStop size={16} />}
        onClick={dialog.open}
      >
        Stop
      </AllowedButton>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={`Stop ${deployment.name}?`}
        confirm="Stop deployment"
        danger={false}
        onConfirm={() => stop.mutateAsync(deployment.id)}
      >
        {clients > 0 ? `${formatPlural(clients, 'connected client')} will be cut off.` : 'No client is connected.'} Sessions, retained
        messages and the address are kept, and it can be started again at any time.
      </ConfirmDialog>
    </>
  );
}
