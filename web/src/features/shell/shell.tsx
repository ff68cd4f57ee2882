import { AppShell } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useSyncExternalStore } from 'react';
import { onResume, startLive } from '../../api/live';
import { isWaitingForLogIn, onLogInNeeded } from '../../api/log-in-again';
import { useRailFolded } from '../../ui/preferences';
import { Rail } from './rail';
import classes from './shell.module.css';
import { TopBar } from './top-bar';

// Dialogs come when they are first needed, not with the shell.
const RailDrawer = lazy(() => import('./rail-drawer'));
const LogInAgainDialog = lazy(() => import('../session/log-in-again-dialog'));

/** What stands around every page behind the log-in: the rail, the top bar, the live socket. */
export function Shell() {
  const [folded, setFolded] = useRailFolded();
  const [drawerOpen, drawer] = useDisclosure(false);
  const { pathname } = useLocation();
  const queries = useQueryClient();
  const logInNeeded = useSyncExternalStore(onLogInNeeded, isWaitingForLogIn);

  useEffect(() => startLive(), []);
  // What happened while the socket was away is asked for once it is back.
  useEffect(() => onResume(() => void queries.invalidateQueries()), [queries]);
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    drawer.close();
    // A new page is read from its beginning, not from where a link of the last one was.
    if (document.activeElement === document.body || document.activeElement?.closest('nav'))
      document.getElementById('content')?.focus({ preventScroll: true });
  }, [pathname, drawer]);

  return (
    <AppShell
      layout="alt"
      header={{ height: 52 }}
      navbar={{ width: folded ? 57 : 232, breakpoint: 'sm', collapsed: { mobile: true } }}
      transitionDuration={120}
    >
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <AppShell.Navbar className={classes.navbar}>
        <Rail folded={folded} onFold={() => setFolded(!folded)} />
      </AppShell.Navbar>
      <AppShell.Header className={classes.header}>
        <TopBar onMenu={drawer.open} />
      </AppShell.Header>
      <AppShell.Main className={classes.main} id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <Suspense fallback={null}>
        {drawerOpen && <RailDrawer onClose={drawer.close} />}
        {logInNeeded && <LogInAgainDialog />}
      </Suspense>
    </AppShell>
  );
}
