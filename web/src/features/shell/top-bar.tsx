import { ActionIcon, Button, Kbd } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconMenu2, IconSearch } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { OperationsTray } from '../operations/operations-tray';
import { Breadcrumb } from './breadcrumb';
import { LiveIndicator } from './live-indicator';
import { PersonMenu } from './person-menu';
import classes from './top-bar.module.css';

const SearchDialog = lazy(() => import('../search/search-dialog'));

export function TopBar({ onMenu }: { onMenu: () => void }) {
  const [searching, search] = useDisclosure(false);
  useHotkeys([['mod+K', search.open]], []);

  return (
    <div className={classes.bar}>
      <ActionIcon className={classes.menu} variant="subtle" color="gray" size={36} onClick={onMenu} aria-label="Open navigation">
        <IconMenu2 size={20} />
      </ActionIcon>
      <Breadcrumb />
      <div className={classes.right}>
        <Button
          className={classes.search}
          variant="default"
          size="xs"
          leftSection={<IconSearch size={14} />}
          rightSection={<Kbd size="xs">{/mac/i.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K'}</Kbd>}
          onClick={search.open}
        >
          Search
        </Button>
        <ActionIcon className={classes.searchIcon} variant="subtle" color="gray" size={36} onClick={search.open} aria-label="Search">
          <IconSearch size={18} />
        </ActionIcon>
        <LiveIndicator />
        <OperationsTray />
        <PersonMenu />
      </div>
      {searching && (
        <Suspense fallback={null}>
          <SearchDialog onClose={search.close} />
        </Suspense>
      )}
    </div>
  );
}
