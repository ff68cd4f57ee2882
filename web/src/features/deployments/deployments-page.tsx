import { Select } from '@mantine/core';
import { IconPlus, IconServer2 } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { paths } from '../../paths';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { Fault } from '../../ui/fault';
import { formatPlural } from '../../ui/format';
import { ButtonLink } from '../../ui/links';
import { NotFoundPage } from '../../ui/not-found-page';
import { Page } from '../../ui/page';
import { ListTable } from '../../ui/table/list-table';
import { TableSkeleton } from '../../ui/table/table-skeleton';
import { NoticeBanners } from '../notices/notice-banners';
import { projectsOf, useViewer } from '../session/viewer';
import { BulkActions } from './bulk-actions';
import { deploymentColumns } from './deployment-columns';
import { filterDeployments, phaseChoices } from './filter';
import { deploymentKey, useDeployments } from './use-deployments';

const route = getRouteApi('/app/p/$projectId/deployments');

export function DeploymentsPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const viewer = useViewer();
  const { rows, totalCount, isPending, error, refetch } = useDeployments(projectId);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());

  if (viewer && !projectsOf(viewer).some(({ id }) => id === projectId)) return <NotFoundPage />;

  const organization = viewer?.organizations.find(({ projects }) => projects.nodes.some(({ id }) => id === projectId));
  const change = (part: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const shown = filterDeployments(rows, search);
  const regions = [...new Map(rows.map(({ region }) => [region.id, region.name]))].map(([value, label]) => ({ value, label }));
  const create = (
    <ButtonLink to={paths.newDeployment(projectId)} leftSection={<IconPlus size={16} />}>
      Create deployment
    </ButtonLink>
  );

  return (
    <Page title="Deployments" actions={rows.length > 0 && create}>
      {error && <Fault title="The deployments could not be loaded" error={error} onRetry={() => void refetch()} />}
      {organization && <NoticeBanners organizationId={organization.id} />}
      <Card flush>
        {isPending ? (
          <TableSkeleton rows={8} />
        ) : rows.length === 0 && !error ? (
          <EmptyState icon={<IconServer2 size={24} />} title="No deployments yet" action={create}>
            A deployment is an MQTT broker of your own: its own address, credentials and limits. The first one is up in about a second.
          </EmptyState>
        ) : (
          <ListTable
            name="deployments"
            label="Deployments"
            columns={deploymentColumns}
            rows={shown}
            rowKey={deploymentKey}
            rowName={(row) => row.name}
            search={search}
            onSearch={change}
            searchLabel="Search deployments"
            filters={
              <>
                <Select
                  w={160}
                  aria-label="Phase"
                  placeholder="Any phase"
                  clearable
                  data={phaseChoices(rows)}
                  value={search.phase ?? null}
                  onChange={(phase) => change({ phase: phase ?? '' })}
                />
                {regions.length > 1 && (
                  <Select
                    w={160}
                    aria-label="Region"
                    placeholder="Any region"
                    clearable
                    data={regions}
                    value={search.region ?? null}
                    onChange={(region) => change({ region: region ?? '' })}
                  />
                )}
              </>
            }
            actions={<BulkActions rows={shown.filter((row) => selected.has(row.id))} onClear={() => setSelected(new Set())} />}
            selected={selected}
            onSelect={setSelected}
            footer={
              shown.length === rows.length
                ? formatPlural(totalCount ?? rows.length, 'deployment')
                : `${shown.length} of ${formatPlural(totalCount ?? rows.length, 'deployment')} match`
            }
          />
        )}
      </Card>
    </Page>
  );
}
