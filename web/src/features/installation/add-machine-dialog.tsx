import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key';
import { mutate, useChange } from '../../api/use-api';
import type { CellsQuery as Cells } from '../../gql/graphql';
import { Dialog } from '../../ui/dialog';
import { Fault } from '../../ui/fault';
import { formatDateTime } from '../../ui/format';
import { SecretOnce } from '../../ui/secret-once';
import { CellsQuery, CreateJoinToken } from './queries';

/** Makes a token for one machine of a cell, and shows what to run there. */
export function AddMachineDialog({ cells, onClose }: { cells: Cells['cells']; onClose: () => void }) {
  const [cellId, setCellId] = useState(cells[0]?.id ?? '');
  const idempotencyKey = useRef(newIdempotencyKey());
  const cell = cells.find((each) => each.id === cellId);
  const create = useChange(
    (into: Cells['cells'][number]) =>
      mutate(
        CreateJoinToken,
        { input: { regionId: into.regionId, cell: into.name, idempotencyKey: idempotencyKey.current } },
        (answer) => answer.createJoinToken,
      ),
    [CellsQuery],
  );
  const made = create.data;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (cell) create.mutate(cell);
  }

  return (
    <Dialog
      opened
      onClose={onClose}
      title={made ? 'Run this on the machine' : 'Add machine'}
      keepOnOutsideClick={made !== undefined}
      size="lg"
    >
      {made?.token && made.command && made.joinToken ? (
        <Stack gap="md">
          <SecretOnce
            items={[
              ['Command', made.command],
              ['Token', made.token],
            ]}
            fileName={`join-${made.joinToken.cell}.txt`}
          />
          <Text size="sm" c="dimmed">
            The token lets one machine into {made.joinToken.cell}, once, until {formatDateTime(made.joinToken.expiresAt)}. The command is
            part of a machine image; the agent renews the certificate by itself from then on.
          </Text>
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <NativeSelect
              label="Cell"
              description="Where the machine will stand. Its deployments are of that cell's kind."
              value={cellId}
              onChange={(event) => {
                idempotencyKey.current = newIdempotencyKey();
                setCellId(event.currentTarget.value);
              }}
              data={cells.map(({ id, regionId, name }) => ({ value: id, label: `${regionId} / ${name}` }))}
              data-autofocus
            />
            {cells.length === 0 && <Text size="sm">There is no cell yet. Register one with createCell, or let a first machine join.</Text>}
            {create.isError && <Fault title="No token was made" error={create.error} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending} disabled={!cell}>
                Make token
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
