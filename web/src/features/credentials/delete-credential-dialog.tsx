import { mutate, useChange } from '../../api/use-api';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { CredentialsQuery, DeleteCredential } from './queries';

interface Props {
  credential: { id: string; username: string } | undefined;
  onClose: () => void;
}

export function DeleteCredentialDialog({ credential, onClose }: Props) {
  const remove = useChange(
    (id: string) => mutate(DeleteCredential, { input: { id } }, (data) => data.deleteCredential),
    [CredentialsQuery],
  );
  return (
    <ConfirmDialog
      opened={credential !== undefined}
      onClose={onClose}
      title={`Delete ${credential?.username ?? 'credential'}?`}
      confirm="Delete credential"
      onConfirm={() => remove.mutateAsync(credential?.id ?? '')}
    >
      Devices that use it are cut off within a second and cannot come back with it.
    </ConfirmDialog>
  );
}
