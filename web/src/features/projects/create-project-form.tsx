import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key';
import { mutate, useChange } from '../../api/use-api';
import { Fault } from '../../ui/fault';
import { ViewerQuery } from '../session/queries';
import { CreateProject } from './queries';

interface Props {
  organizationId: string;
  suggestedName?: string;
  onCreated: (projectId: string) => void;
}

export function CreateProjectForm({ organizationId, suggestedName = '', onCreated }: Props) {
  const [name, setName] = useState(suggestedName);
  const idempotencyKey = useRef(newIdempotencyKey());
  const create = useChange(
    (input: { name: string }) =>
      mutate(CreateProject, { input: { ...input, organizationId, idempotencyKey: idempotencyKey.current } }, (data) => data.createProject),
    [ViewerQuery],
  );

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!name.trim()) return;
    const { project } = await create.mutateAsync({ name: name.trim() });
    if (project) onCreated(project.id);
  }

  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)}>
      <Stack gap="md" maw={480}>
        <TextInput
          label="Project name"
          description="A project groups deployments, for example of one product or one site."
          value={name}
          onChange={(event) => {
            idempotencyKey.current = newIdempotencyKey();
            setName(event.currentTarget.value);
          }}
          maxLength={64}
          data-autofocus
        />
        {create.isError && <Fault title="The project was not created" error={create.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
            Create project
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
