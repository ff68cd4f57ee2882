import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import type { DeploymentRowFragment } from '../../gql/graphql';
import { AllowedButton, type Permission } from '../../ui/allowed-button';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { formatPlural } from '../../ui/format';
import classes from './bulk-actions.module.css';
import { complain, useStartDeployment, useStopDeployment } from './start-stop';

/** Start and stop of the selected rows. Each row is asked on its own; what is refused is said by name. */
export function BulkActions({ rows, onClear }: { rows: readonly DeploymentRowFragment[]; onClear: () => void }) {
  const start = useStartDeployment();
  const stop = useStopDeployment();
  const [asking, dialog] = useDisclosure(false);
  if (rows.length === 0) return null;

  const startable = rows.filter((row) => row.viewerCan.start.allowed);
  const stoppable = rows.filter((row) => row.viewerCan.stop.allowed);
  const clients = stoppable.reduce((sum, row) => sum + (row.latest?.clients ?? 0), 0);

  async function each(chosen: readonly DeploymentRowFragment[], act: (id: string) => Promise<unknown>, verb: string): Promise<void> {
    for (const row of chosen) await act(row.id).catch(complain(`${row.name} was not ${verb}`));
    onClear();
  }

  return (
    <div className={classes.bar} role="toolbar" aria-label="Selected deployments">
      <span className={classes.count}>{rows.length} selected</span>
      <AllowedButton
        size="xs"
        variant="default"
        permission={permissionOf(startable.length, rows[0]?.viewerCan.start)}
        leftSection={<IconPlayerPlay size={14} />}
        onClick={() => void each(startable, start.mutateAsync, 'started')}
      >
        Start {startable.length || ''}
      </AllowedButton>
      <AllowedButton
        size="xs"
        variant="default"
        permission={permissionOf(stoppable.length, rows[0]?.viewerCan.stop)}
        leftSection={<IconPlayerStop size={14} />}
        onClick={dialog.open}
      >
        Stop {stoppable.length || ''}
      </AllowedButton>
      <Button size="xs" variant="subtle" onClick={onClear}>
        Clear
      </Button>
      <ConfirmDialog
        opened={asking}
        onClose={dialog.close}
        title={`Stop ${formatPlural(stoppable.length, 'deployment')}?`}
        confirm="Stop deployments"
        danger={false}
        onConfirm={() => each(stoppable, stop.mutateAsync, 'stopped')}
      >
        {formatPlural(clients, 'connected client')} will be cut off. Sessions, retained messages and addresses are kept.
      </ConfirmDialog>
    </div>
  );
}

function permissionOf(count: number, first: Permission | undefined): Permission {
  return count > 0 ? { allowed: true, reason: null } : { allowed: false, reason: first?.reason ?? 'None of the selected rows allows it.' };
}
