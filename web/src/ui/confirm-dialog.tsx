import { Dialog } from './dialog';
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Fault } from './fault';

interface Props {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, and what will not come back. */
  children: ReactNode;
  confirm: string;
  onConfirm: () => Promise<unknown>;
  /** Must be typed for what cannot be undone. */
  typeToConfirm?: string;
  danger?: boolean;
}

export function ConfirmDialog({ opened, onClose, title, children, confirm, onConfirm, typeToConfirm, danger = true }: Props) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const ready = !typeToConfirm || typed === typeToConfirm;

  function close(): void {
    setTyped('');
    setError(undefined);
    onClose();
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      close();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog opened={opened} onClose={close} title={title}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          <Text component="div" size="md">
            {children}
          </Text>
          {typeToConfirm && (
            <TextInput
              label={`Type ${typeToConfirm} to confirm`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          {error !== undefined && <Fault title="It was not done" error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color={danger ? 'red.8' : undefined} loading={busy} disabled={!ready}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
