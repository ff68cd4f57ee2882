import { Link } from '@tanstack/react-router';
import { deploymentPages } from './deployment-pages';
import classes from './deployment-header.module.css';

/** On small screens, where the rail is folded away, its pages stand here. */
export function DeploymentTabs({ id }: { id: string }) {
  return (
    <nav className={classes.tabs} aria-label="Pages of this deployment">
      {deploymentPages(id).map(({ to, label, exact }) => (
        <Link key={label} to={to} className={classes.tab} activeOptions={{ exact: exact ?? false, includeSearch: false }}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
