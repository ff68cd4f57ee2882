import { ActionIcon, Avatar, Button, Popover, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { logOut } from '../../api/auth';
import { paths } from '../../paths';
import { type Density, useDensity } from '../../ui/preferences';
import { useViewer } from '../session/viewer';
import classes from './person-menu.module.css';

export function PersonMenu() {
  const person = useViewer()?.person;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useDensity();

  async function leave(): Promise<void> {
    await logOut().catch(() => undefined);
    // A whole new page: nothing of this person stays in the memory of the tab.
    window.location.assign(paths.logIn());
  }

  return (
    <Popover position="bottom-end" width={280} shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size={36} radius="xl" aria-label="Your menu">
          <Avatar size={28} name={person?.name ?? ''} color="accent" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Your menu">
        <div className={classes.who}>
          <Text fw={600} truncate>
            {person?.name}
          </Text>
          <Text size="sm" c="dimmed" truncate>
            {person?.email}
          </Text>
        </div>
        <Stack gap="xs" className={classes.choices}>
          <Text size="xs" c="dimmed" id="choose-scheme">
            Appearance
          </Text>
          <SegmentedControl
            size="xs"
            aria-labelledby="choose-scheme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as typeof colorScheme)}
            data={[
              { value: 'auto', label: 'System' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
          />
          <Text size="xs" c="dimmed" id="choose-density">
            Tables
          </Text>
          <SegmentedControl
            size="xs"
            aria-labelledby="choose-density"
            value={density}
            onChange={(value) => setDensity(value as Density)}
            data={[
              { value: 'comfortable', label: 'Comfortable' },
              { value: 'compact', label: 'Compact' },
            ]}
          />
        </Stack>
        <div className={classes.leave}>
          <Button
            variant="subtle"
            color="gray"
            fullWidth
            justify="flex-start"
            leftSection={<IconLogout size={16} />}
            onClick={() => void leave()}
          >
            Log out
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
