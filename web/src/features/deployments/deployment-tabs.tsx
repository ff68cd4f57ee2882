import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import classes from './deployment-header.module.css';
import { deploymentPages } from './deployment-pages';

/** On small screens, where the rail is folded away, its pages stand here. */
export function DeploymentTabs({ id }: { id: string }) {
  const tabs = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const active = tabs.current?.querySelector<HTMLElement>('[data-status="active"]');
    if (active && tabs.current) tabs.current.scrollLeft = active.offsetLeft - 48;
  }, [pathname]);
  return (
    <nav ref={tabs} className={classes.tabs} aria-label="Pages of this deployment">
      {deploymentPages(id).map(({ to, label, exact }) => (
        <Link key={label} to={to} className={classes.tab} activeOptions={{ exact: exact ?? false, includeSearch: false }}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
