import { IconFileExport, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { apiKey, useLive } from '../../api/use-api';
import { AllowedButton } from '../../ui/allowed-button';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { Fault } from '../../ui/fault';
import { NotFoundPage } from '../../ui/not-found-page';
import { Page } from '../../ui/page';
import { ListTable } from '../../ui/table/list-table';
import { TableSkeleton } from '../../ui/table/table-skeleton';
import { usePages } from '../../ui/use-pages';
import { useViewer } from '../session/viewer';
import { CreateExportDialog } from './create-export-dialog';
import { EXPORT_COLUMNS, type ExportRow } from './export-columns';
import { ExportsQuery, ExportsUpdated } from './queries';
import { isOpen } from './words';

const route = getRouteApi('/app/o/$organizationId/exports');
const rowKey = (row: ExportRow) => row.id;
/** Only for a socket that is away: what changes is told. */
const REFRESH_MS = { open: 5_000, done: 60_000 };

export function ExportsPage() {
  const { organizationId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const viewer = useViewer();
  const organization = viewer?.organizations.find(({ id }) => id === organizationId);
  const queries = useQueryClient();
  const { rows, more, totalCount, isPending, error, refetch } = usePages(
    ExportsQuery,
    { organizationId },
    {
      page: (data) => data.exports,
      rowKey,
      refetchInterval: (all) => (all.some(({ state }) => isOpen(state)) ? REFRESH_MS.open : REFRESH_MS.done),
    },
  );
  useLive(ExportsUpdated, organization && { organizationId }, () => void queries.invalidateQueries({ queryKey: apiKey(ExportsQuery) }));
  if (viewer && !organization) return <NotFoundPage />;

  const show = (opened: boolean) => void navigate({ search: { new: opened ? '1' : '' }, replace: true });
  const create = (
    <AllowedButton permission={organization?.viewerCan.createExport} leftSection={<IconPlus size={16} />} onClick={() => show(true)}>
      Create export
    </AllowedButton>
  );
  return (
    <Page
      title="Exports"
      lead="What happened in this organization, as a file to keep or to search: one line of JSON for each thing, gzipped. A file is kept for 7 days."
      actions={rows.length > 0 && create}
    >
      {error && <Fault title="The exports could not be loaded" error={error} onRetry={() => void refetch()} />}
      <Card flush>
        {isPending ? (
          <TableSkeleton rows={4} />
        ) : rows.length === 0 && !error ? (
          <EmptyState icon={<IconFileExport size={24} />} title="No exports yet" action={create}>
            The audit log and the usage of every deployment can be taken out as files. They are made in the background and stand here.
          </EmptyState>
        ) : (
          <ListTable
            name="exports"
            label="Exports"
            columns={EXPORT_COLUMNS}
            rows={rows}
            rowKey={rowKey}
            onEnd={more}
            totalCount={totalCount ?? rows.length}
          />
        )}
      </Card>
      <CreateExportDialog organizationId={organizationId} opened={search.new === '1'} onClose={() => show(false)} />
    </Page>
  );
}
