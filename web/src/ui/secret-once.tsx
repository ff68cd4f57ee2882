import { Button, Group, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Copyable } from './copyable';
import { DetailList } from './detail-list';
import { Fault } from './fault';

interface Props {
  /** Name and value of everything that belongs together; the secret is one of them. */
  items: readonly (readonly [name: string, value: string])[];
  fileName: string;
  /** In a few lines, where the secret is used right below. */
  compact?: boolean;
}

/** A secret that the api will not show again, with the two ways to keep it. */
export function SecretOnce({ items, fileName, compact = false }: Props) {
  function download(): void {
    const text = items.map(([name, value]) => `${name}: ${value}\n`).join('');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  if (compact)
    return (
      <Fault title="The password is shown once" tone="warn">
        <Group gap="md">
          {items.map(([name, value]) => (
            <Copyable key={name} value={value} label={name.toLowerCase()} />
          ))}
          <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />} onClick={download}>
            Download
          </Button>
        </Group>
      </Fault>
    );
  return (
    <Stack gap="sm">
      <Fault title="This is shown once" tone="warn">
        Copy or download it now. It is stored only as a hash and cannot be shown again.
      </Fault>
      <DetailList items={items.map(([name, value]) => [name, <Copyable key={name} value={value} label={name.toLowerCase()} />])} />
      <Group gap="xs">
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={download}>
          Download
        </Button>
        <Text size="sm" c="dimmed">
          {fileName}
        </Text>
      </Group>
    </Stack>
  );
}
