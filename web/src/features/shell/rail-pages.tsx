import { Tooltip } from '@mantine/core';
import { IconArrowLeft, IconFileExport, IconKey, IconServer2, IconServerCog } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { paths } from '../../paths';
import { deploymentPages, type PageEntry } from '../deployments/deployment-pages';
import { useViewer } from '../session/viewer';
import type { Place } from './place';
import classes from './rail-pages.module.css';

function projectPages(place: Place, isOperator: boolean): PageEntry[] {
  const pages: PageEntry[] = [];
  if (place.project) pages.push({ to: paths.deployments(place.project.id), label: 'Deployments', icon: IconServer2 });
  if (place.organization) pages.push({ to: paths.apiKeys(place.organization.id), label: 'API keys', icon: IconKey });
  if (place.organization) pages.push({ to: paths.exports(place.organization.id), label: 'Exports', icon: IconFileExport });
  if (isOperator) pages.push({ to: paths.installation(), label: 'Installation', icon: IconServerCog });
  return pages;
}

export function RailPages({ folded, place }: { folded: boolean; place: Place }) {
  const { deploymentId, deployment, project } = place;
  const isOperator = useViewer()?.isOperator ?? false;
  return (
    <nav className={classes.pages} aria-label={deploymentId ? 'Deployment' : 'Project'} data-folded={folded || undefined}>
      {deploymentId && project && (
        <RailLink
          folded={folded}
          entry={{ to: paths.deployments(project.id), label: 'All deployments', icon: IconArrowLeft, exact: true }}
        />
      )}
      {deploymentId && !folded && <p className={classes.heading}>{deployment?.name ?? 'Deployment'}</p>}
      {(deploymentId ? deploymentPages(deploymentId) : projectPages(place, isOperator)).map((entry) => (
        <RailLink key={entry.label} folded={folded} entry={entry} />
      ))}
    </nav>
  );
}

function RailLink({ folded, entry }: { folded: boolean; entry: PageEntry }) {
  const Icon = entry.icon;
  return (
    <Tooltip label={entry.label} position="right" disabled={!folded}>
      <Link
        to={entry.to}
        className={classes.link}
        activeOptions={{ exact: entry.exact ?? false, includeSearch: false }}
        aria-label={folded ? entry.label : undefined}
      >
        <Icon size={18} stroke={1.75} aria-hidden />
        {!folded && <span>{entry.label}</span>}
      </Link>
    </Tooltip>
  );
}
