import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { asApiError } from '../../api/api-error';
import { newIdempotencyKey } from '../../api/idempotency-key';
import { mutate, useChange } from '../../api/use-api';
import type { ExportKind } from '../../gql/graphql';
import { Dialog } from '../../ui/dialog';
import { Fault } from '../../ui/fault';
import { dayOf, firstOfDays, rangeOfDays } from './days';
import { CreateExport, ExportsQuery } from './queries';
import { KINDS } from './words';

/** What is there to choose from at first. */
const DAYS = 30;

interface Props {
  organizationId: string;
  opened: boolean;
  onClose: () => void;
}

export function CreateExportDialog({ organizationId, opened, onClose }: Props) {
  const today = dayOf(new Date());
  const [kind, setKind] = useState<ExportKind>('AUDIT_LOG');
  const [first, setFirst] = useState(() => firstOfDays(DAYS, new Date()));
  const [last, setLast] = useState(today);
  const idempotencyKey = useRef(newIdempotencyKey());
  const range = rangeOfDays(first, last);
  const create = useChange(
    (input: { from: string; to: string }) =>
      mutate(
        CreateExport,
        { input: { organizationId, kind, ...input, idempotencyKey: idempotencyKey.current } },
        (answer) => answer.createExport,
      ),
    [ExportsQuery],
  );

  /** Another wish is another request, and what was said of the last one is no longer true. */
  function change(set: () => void): void {
    idempotencyKey.current = newIdempotencyKey();
    create.reset();
    set();
  }

  function close(): void {
    change(onClose);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (range) create.mutate(range, { onSuccess: close });
  }

  const fault = create.isError ? asApiError(create.error) : undefined;
  const field = fault?.path.at(-1);
  const at = (name: string) => (field === name ? `It ${fault?.message}. (${fault?.code})` : undefined);

  return (
    <Dialog opened={opened} onClose={close} title="Create export">
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <NativeSelect
            label="What"
            description={KINDS[kind].holds}
            value={kind}
            onChange={({ currentTarget: { value } }) => change(() => setKind(value as ExportKind))}
            data={Object.entries(KINDS).map(([value, { word }]) => ({ value, label: word }))}
            data-autofocus
          />
          <Group grow align="flex-start">
            <TextInput
              type="date"
              label="First day"
              value={first}
              max={today}
              onChange={({ currentTarget: { value } }) => change(() => setFirst(value))}
              error={first === '' ? 'Choose a day.' : at('from')}
            />
            <TextInput
              type="date"
              label="Last day"
              value={last}
              max={today}
              onChange={({ currentTarget: { value } }) => change(() => setLast(value))}
              error={last === '' ? 'Choose a day.' : at('to')}
            />
          </Group>
          {fault && field !== 'from' && field !== 'to' && <Fault title="The export was not created" error={fault} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending} disabled={!range}>
              Create export
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
