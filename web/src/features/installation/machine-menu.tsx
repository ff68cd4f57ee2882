import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconBan, IconDots, IconTrash } from '@tabler/icons-react';
import type { CellsQuery as Cells } from '../../gql/graphql';
import { formatPlural } from '../../ui/format';

interface Props {
  machine: Cells['cells'][number]['machines'][number];
  onRevoke: () => void;
  onRemove: () => void;
}

/** What an operator can do with a machine; what is not possible now says why. */
export function MachineMenu({ machine, onRevoke, onRemove }: Props) {
  const revoked = machine.state === 'REVOKED' ? 'It is revoked already.' : null;
  const inUse = machine.deployments > 0 ? `${formatPlural(machine.deployments, 'deployment')} on it: delete them first.` : null;
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false} width={260}>
      <Menu.Target>
        <ActionIcon variant="default" size={28} aria-label={`Actions of ${machine.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconBan size={16} />} disabled={revoked !== null} onClick={onRevoke}>
          Revoke machine
          <Reason words={revoked} />
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} />} color="red" disabled={inUse !== null} onClick={onRemove}>
          Remove machine
          <Reason words={inUse} />
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Reason({ words }: { words: string | null }) {
  return words && <Text size="xs">{words}</Text>;
}
