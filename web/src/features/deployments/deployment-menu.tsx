import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconPlugConnected, IconSettings, IconUserKey } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { paths } from '../../paths';

export function DeploymentMenu({ deployment }: { deployment: DeploymentDetailFragment }) {
  const navigate = useNavigate();
  const go = (to: string) => () => void navigate({ to });
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More actions">
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPlugConnected size={16} />} onClick={go(paths.connect(deployment.id))}>
          Connect a client
        </Menu.Item>
        <Menu.Item
          leftSection={<IconUserKey size={16} />}
          onClick={() => void navigate({ href: paths.credentials(deployment.id, { new: '1' }) })}
        >
          Create credential
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconSettings size={16} />} onClick={go(paths.settings(deployment.id))}>
          Settings and deletion
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
