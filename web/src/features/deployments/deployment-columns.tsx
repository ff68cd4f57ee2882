import type { DeploymentRowFragment } from '../../gql/graphql';
import { paths } from '../../paths';
import { TextLink } from '../../ui/links';
import { RelativeTime } from '../../ui/relative-time';
import type { Column } from '../../ui/table/column';
import { PhaseBadge } from './phase-badge';
import { PHASES } from './phases';
import { ClientsCell, RateCell } from './row-parts';

export const deploymentColumns: Column<DeploymentRowFragment>[] = [
  {
    id: 'name',
    header: 'Name',
    fixed: true,
    sortBy: (row) => row.name,
    cell: (row) => (
      <TextLink to={paths.deployment(row.id)} fw={550}>
        {row.name}
      </TextLink>
    ),
  },
  { id: 'phase', header: 'Phase', width: 124, sortBy: (row) => PHASES[row.phase].word, cell: (row) => <PhaseBadge phase={row.phase} /> },
  {
    id: 'clients',
    header: 'Clients',
    width: 132,
    from: 560,
    sortBy: (row) => row.latest?.clients,
    cell: (row) => <ClientsCell row={row} />,
  },
  {
    id: 'rate',
    header: 'Messages/s',
    width: 260,
    from: 900,
    sortBy: (row) => row.latest && (row.latest.messagesIn ?? 0) + (row.latest.messagesOut ?? 0),
    cell: (row) => <RateCell row={row} />,
  },
  { id: 'plan', header: 'Plan', width: 130, from: 1080, sortBy: (row) => row.plan.name, cell: (row) => row.plan.name },
  { id: 'region', header: 'Region', width: 110, from: 1000, sortBy: (row) => row.region.name, cell: (row) => row.region.name },
  {
    id: 'age',
    header: 'Created',
    width: 116,
    from: 720,
    sortBy: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];
