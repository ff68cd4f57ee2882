import { ActionIcon, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash, IconUserKey } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useDebouncedValue } from '@mantine/hooks';
import type { CredentialsQuery as Credentials } from '../../gql/graphql';
import { paths } from '../../paths';
import { AllowedButton } from '../../ui/allowed-button';
import { Card } from '../../ui/card';
import { EmptyState } from '../../ui/empty-state';
import { Fault } from '../../ui/fault';
import { TextLink } from '../../ui/links';
import { Section } from '../../ui/page';
import { RelativeTime } from '../../ui/relative-time';
import type { Column } from '../../ui/table/column';
import { ListTable } from '../../ui/table/list-table';
import { TableSkeleton } from '../../ui/table/table-skeleton';
import { usePages } from '../../ui/use-pages';
import { useDeployment } from '../deployments/use-deployment';
import { CreateCredentialDialog } from './create-credential-dialog';
import { DeleteCredentialDialog } from './delete-credential-dialog';
import { CredentialsQuery } from './queries';

export type CredentialRow = Credentials['credentials']['nodes'][number];

const route = getRouteApi('/app/d/$deploymentId/credentials');
const rowKey = (row: CredentialRow) => row.id;

export function CredentialsPage() {
  const { deploymentId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { deployment } = useDeployment(deploymentId);
  const [asked] = useDebouncedValue(search.q ?? '', 200);
  const { rows, totalCount, more, isPending, error, refetch } = usePages(
    CredentialsQuery,
    { deploymentId, search: asked || null },
    { page: (data) => data.credentials, rowKey },
  );
  const [deleting, setDeleting] = useState<CredentialRow>();

  const change = (part: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true });
  const columns = credentialColumns(deploymentId, setDeleting);
  const create = (
    <AllowedButton
      permission={deployment?.viewerCan.createCredential}
      leftSection={<IconPlus size={16} />}
      onClick={() => change({ new: '1' })}
    >
      Create credential
    </AllowedButton>
  );
  const empty = rows.length === 0 && !search.q && !error;

  return (
    <>
      <Section
        title="Credentials"
        lead="User names and passwords that devices log in with. A change is in force within a second, also for connected clients."
        actions={!empty && create}
      />
      {error && <Fault title="The credentials could not be loaded" error={error} onRetry={() => void refetch()} />}
      <Card flush>
        {isPending ? (
          <TableSkeleton />
        ) : empty ? (
          <EmptyState icon={<IconUserKey size={24} />} title="No credentials yet" action={create}>
            Without a credential no device gets in. Make one for each device or each kind of device; the password is shown once.
          </EmptyState>
        ) : (
          <ListTable
            name="credentials"
            label="Credentials"
            columns={columns}
            rows={rows}
            rowKey={rowKey}
            search={search}
            onSearch={change}
            searchLabel="Search credentials"
            onEnd={more}
            totalCount={totalCount ?? rows.length}
            footer={`${totalCount ?? rows.length} of at most ${deployment?.quotas.credentialsMax.toLocaleString('en-US') ?? '–'}`}
          />
        )}
      </Card>
      <CreateCredentialDialog deploymentId={deploymentId} opened={search.new === '1'} onClose={() => change({ new: '' })} />
      <DeleteCredentialDialog credential={deleting} onClose={() => setDeleting(undefined)} />
    </>
  );
}

function credentialColumns(deploymentId: string, onDelete: (row: CredentialRow) => void): Column<CredentialRow>[] {
  return [
    {
      id: 'username',
      header: 'Username',
      fixed: true,
      sortBy: (row) => row.username,
      cell: (row) => <span className="mono">{row.username}</span>,
    },
    { id: 'description', header: 'Description', from: 640, sortBy: (row) => row.description, cell: (row) => row.description },
    {
      id: 'created',
      header: 'Created',
      width: 130,
      from: 480,
      sortBy: (row) => row.createdAt,
      cell: (row) => <RelativeTime at={row.createdAt} />,
    },
    {
      id: 'connect',
      header: '',
      width: 100,
      align: 'right',
      cell: (row) => (
        <TextLink to={paths.connect(deploymentId)} search={{ credential: row.id }} aria-label={`Connect with ${row.username}`}>
          Connect
        </TextLink>
      ),
    },
    {
      id: 'delete',
      header: '',
      width: 56,
      align: 'right',
      cell: (row) => {
        const { allowed, reason } = row.viewerCan.delete;
        return (
          <Tooltip label={allowed ? 'Delete' : (reason ?? 'You may not delete this.')}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Delete ${row.username}`}
              aria-disabled={!allowed}
              data-disabled={!allowed || undefined}
              onClick={() => allowed && onDelete(row)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        );
      },
    },
  ];
}
