import { Dialog } from '../../ui/dialog';
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { asApiError } from '../../api/api-error';
import { paths } from '../../paths';
import { Fault } from '../../ui/fault';
import { ButtonLink } from '../../ui/links';
import { SecretOnce } from '../../ui/secret-once';
import { useCreateCredential } from './use-create-credential';

interface Props {
  deploymentId: string;
  opened: boolean;
  onClose: () => void;
}

export function CreateCredentialDialog({ deploymentId, opened, onClose }: Props) {
  const [username, setUsername] = useState('');
  const [description, setDescription] = useState('');
  const create = useCreateCredential(deploymentId);
  const made = create.data;

  function close(): void {
    onClose();
    setUsername('');
    setDescription('');
    create.reset();
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    await create.mutateAsync({ username: username.trim(), description: description.trim() });
  }

  const usernameError =
    create.isError && asApiError(create.error).path.at(-1) === 'username' ? asApiError(create.error).message : undefined;
  return (
    <Dialog
      opened={opened}
      onClose={close}
      title={made ? 'Credential created' : 'Create credential'}
      keepOnOutsideClick={made !== undefined}
      size="lg"
    >
      {made?.credential && made.secret ? (
        <Stack gap="md">
          <SecretOnce
            items={[
              ['Username', made.credential.username],
              ['Password', made.secret],
            ]}
            fileName={`${made.credential.username}.txt`}
          />
          <Group justify="flex-end" gap="xs">
            <ButtonLink variant="default" to={paths.connect(deploymentId)} search={{ credential: made.credential.id }}>
              Connect with it
            </ButtonLink>
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
          <Stack gap="md">
            <TextInput
              label="Username"
              description="Leave it empty to get one."
              value={username}
              onChange={(event) => setUsername(event.currentTarget.value)}
              error={usernameError}
              maxLength={128}
              spellCheck={false}
              autoComplete="off"
              data-autofocus
            />
            <TextInput
              label="Description"
              description="What it is for, for the people after you."
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
              maxLength={200}
            />
            {create.isError && !usernameError && <Fault title="The credential was not created" error={create.error} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Create credential
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
