import { ActionIcon, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { mutate, useChange } from '../../api/use-api';
import type { ApiKeysQuery as ApiKeys } from '../../gql/graphql';
import { AllowedButton } from '../../ui/allowed-button';
import { Card } from '../../ui/card';
import { ConfirmDialog } from '../../ui/confirm-dialog';
import { EmptyState } from '../../ui/empty-state';
import { Fault } from '../../ui/fault';
import { NotFoundPage } from '../../ui/not-found-page';
import { Page } from '../../ui/page';
import { RelativeTime } from '../../ui/relative-time';
import type { Column } from '../../ui/table/column';
import { DataTable } from '../../ui/table/data-table';
import { TableSkeleton } from '../../ui/table/table-skeleton';
import { usePages } from '../../ui/use-pages';
import { useViewer } from '../session/viewer';
import { CreateApiKeyDialog } from './create-api-key-dialog';
import { ApiKeysQuery, DeleteApiKey } from './queries';

type Row = ApiKeys['apiKeys']['nodes'][number];

const route = getRouteApi('/app/o/$organizationId/api-keys');
const rowKey = (row: Row) => row.id;

export function ApiKeysPage() {
  const { organizationId } = route.useParams();
  const viewer = useViewer();
  const organization = viewer?.organizations.find(({ id }) => id === organizationId);
  const { rows, more, totalCount, isPending, error, refetch } = usePages(
    ApiKeysQuery,
    { organizationId },
    { page: (data) => data.apiKeys, rowKey },
  );
  const [creating, dialog] = useDisclosure(false);
  const [deleting, setDeleting] = useState<Row>();
  const remove = useChange((id: string) => mutate(DeleteApiKey, { input: { id } }, (data) => data.deleteApiKey), [ApiKeysQuery]);
  if (viewer && !organization) return <NotFoundPage />;

  const create = (
    <AllowedButton permission={organization?.viewerCan.createApiKey} leftSection={<IconPlus size={16} />} onClick={dialog.open}>
      Create API key
    </AllowedButton>
  );
  return (
    <Page
      title="API keys"
      lead="Keys for scripts and Terraform. They act on everything of this organization, as Authorization: Bearer, at /graphql."
      actions={rows.length > 0 && create}
    >
      {error && <Fault title="The API keys could not be loaded" error={error} onRetry={() => void refetch()} />}
      <Card flush>
        {isPending ? (
          <TableSkeleton rows={4} />
        ) : rows.length === 0 && !error ? (
          <EmptyState icon={<IconKey size={24} />} title="No API keys yet" action={create}>
            With a key, whatever the console does can be done by a script: it uses the same GraphQL API.
          </EmptyState>
        ) : (
          <DataTable
            label="API keys"
            columns={columns(setDeleting)}
            rows={rows}
            rowKey={rowKey}
            onEnd={more}
            totalCount={totalCount ?? rows.length}
          />
        )}
      </Card>
      <CreateApiKeyDialog organizationId={organizationId} opened={creating} onClose={dialog.close} />
      <ConfirmDialog
        opened={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        title={`Delete ${deleting?.name ?? 'API key'}?`}
        confirm="Delete API key"
        onConfirm={() => remove.mutateAsync(deleting?.id ?? '')}
      >
        Whatever uses this key is refused from now on.
      </ConfirmDialog>
    </Page>
  );
}

function columns(onDelete: (row: Row) => void): Column<Row>[] {
  return [
    { id: 'name', header: 'Name', fixed: true, cell: (row) => row.name },
    { id: 'prefix', header: 'Begins with', width: 160, from: 480, cell: (row) => <span className="mono">{row.prefix}…</span> },
    { id: 'used', header: 'Last used', width: 130, cell: (row) => (row.lastUsedAt ? <RelativeTime at={row.lastUsedAt} /> : 'never') },
    { id: 'created', header: 'Created', width: 130, from: 640, cell: (row) => <RelativeTime at={row.createdAt} /> },
    {
      id: 'delete',
      header: '',
      width: 56,
      align: 'right',
      cell: (row) => (
        <Tooltip label="Delete">
          <ActionIcon variant="subtle" color="gray" aria-label={`Delete ${row.name}`} onClick={() => onDelete(row)}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
}
