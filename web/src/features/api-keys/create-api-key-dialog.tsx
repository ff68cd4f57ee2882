import { Dialog } from '../../ui/dialog';
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key';
import { mutate, useChange } from '../../api/use-api';
import { Fault } from '../../ui/fault';
import { SecretOnce } from '../../ui/secret-once';
import { ApiKeysQuery, CreateApiKey } from './queries';

interface Props {
  organizationId: string;
  opened: boolean;
  onClose: () => void;
}

export function CreateApiKeyDialog({ organizationId, opened, onClose }: Props) {
  const [name, setName] = useState('');
  const idempotencyKey = useRef(newIdempotencyKey());
  const create = useChange(
    () =>
      mutate(
        CreateApiKey,
        { input: { organizationId, name: name.trim(), idempotencyKey: idempotencyKey.current } },
        (data) => data.createApiKey,
      ),
    [ApiKeysQuery],
  );
  const made = create.data;

  function close(): void {
    onClose();
    setName('');
    idempotencyKey.current = newIdempotencyKey();
    create.reset();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (name.trim()) create.mutate(undefined);
  }

  return (
    <Dialog
      opened={opened}
      onClose={close}
      title={made ? 'API key created' : 'Create API key'}
      keepOnOutsideClick={made !== undefined}
      size="lg"
    >
      {made?.apiKey && made.secret ? (
        <Stack gap="md">
          <SecretOnce items={[['API key', made.secret]]} fileName={`${made.apiKey.name.replace(/[^\w-]+/g, '-')}.txt`} />
          <Group justify="flex-end">
            <Button onClick={close}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              label="Name"
              description="What will use it, for example Terraform or CI."
              value={name}
              onChange={(event) => {
                idempotencyKey.current = newIdempotencyKey();
                setName(event.currentTarget.value);
              }}
              maxLength={64}
              data-autofocus
            />
            {create.isError && <Fault title="The API key was not created" error={create.error} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
                Create API key
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
