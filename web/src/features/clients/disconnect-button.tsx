import { ActionIcon, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { mutate, useChange } from '../../api/use-api';
import { AllowedButton, type Permission } from '../../ui/allowed-button';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { ClientQuery, ClientsQuery, DisconnectClient } from './queries';

interface Props {
  deploymentId: string;
  clientId: string;
  permission: Permission | undefined;
  /** An icon, for rows of a table. */
  compact?: boolean;
}

export function DisconnectButton({ deploymentId, clientId, permission, compact = false }: Props) {
  const [asking, dialog] = useDisclosure(false);
  const disconnect = useChange(
    () => mutate(DisconnectClient, { input: { deploymentId, clientId } }, (data) => data.disconnectClient),
    [ClientsQuery, ClientQuery],
  );
  const allowed = permission?.allowed !== false;
  return (
    <>
      {compact ? (
        <Tooltip label={allowed ? 'Disconnect' : (permission?.reason ?? 'You may not do this.')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Disconnect ${clientId}`}
            aria-disabled={!allowed}
            data-disabled={!allowed || undefined}
            onClick={() => allowed && dialog.open()}
          >
            <IconPlugConnectedX size={16} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <AllowedButton variant="default" permission={permission} leftSection={<IconPlugConnectedX size={16} />} onClick={dialog.open}>
          Disconnect
        </AllowedButton>
      )}
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={`Disconnect ${clientId}?`}
        confirm="Disconnect client"
        danger={false}
        onConfirm={() => disconnect.mutateAsync(undefined)}
      >
        Its connection is closed now. Most clients come back by themselves; to keep it out, delete its credential.
      </ConfirmDialog>
    </>
  );
}
