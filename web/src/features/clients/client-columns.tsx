import { Tooltip } from '@mantine/core';
import type { ClientRowFragment, DeploymentDetailFragment } from '../../gql/graphql';
import { paths } from '../../paths';
import { formatCount, UNKNOWN } from '../../ui/format';
import { TextLink } from '../../ui/links';
import { RelativeTime } from '../../ui/relative-time';
import { StateBadge } from '../../ui/state-badge';
import type { Column } from '../../ui/table/column';
import { DisconnectButton } from './disconnect-button';
import { protocolName, transportName } from './words';

type Row = ClientRowFragment;

export function ClientState({ connected }: { connected: boolean }) {
  return connected ? <StateBadge word="Connected" shape="check" tone="ok" /> : <StateBadge word="Away" shape="moon" tone="idle" />;
}

function ReceiveRate({ row }: { row: Row }) {
  const [advice] = row.advice;
  const rate = formatCount(Math.round(row.messagesSentPerSecond));
  if (!advice) return rate;
  return (
    <Tooltip label={advice.message} multiline w={280}>
      <span tabIndex={0}>
        <StateBadge word={rate} shape="triangle" tone="warn" />
      </span>
    </Tooltip>
  );
}

export function clientColumns(deploymentId: string, deployment: DeploymentDetailFragment | null | undefined): Column<Row>[] {
  return [
    {
      id: 'clientId',
      header: 'Client id',
      fixed: true,
      sortBy: (row) => row.clientId,
      cell: (row) => (
        <TextLink className="mono" to={paths.client(deploymentId, row.clientId)}>
          {row.clientId}
        </TextLink>
      ),
    },
    {
      id: 'state',
      header: 'State',
      width: 126,
      sortBy: (row) => (row.connected ? 'a' : 'b'),
      csv: (row) => (row.connected ? 'connected' : 'away'),
      cell: (row) => <ClientState connected={row.connected} />,
    },
    {
      id: 'username',
      header: 'Username',
      from: 640,
      sortBy: (row) => row.username,
      cell: (row) => <span className="mono">{row.username ?? UNKNOWN}</span>,
    },
    {
      id: 'link',
      header: 'Protocol',
      width: 172,
      from: 1040,
      sortBy: (row) => row.protocolVersion,
      csv: (row) => `${protocolName(row.protocolVersion)}, ${transportName(row.transport, row.tlsVersion)}`,
      cell: (row) => `${protocolName(row.protocolVersion)}, ${transportName(row.transport, row.tlsVersion)}`,
    },
    {
      id: 'address',
      header: 'Address',
      width: 130,
      from: 900,
      sortBy: (row) => row.remoteAddress,
      cell: (row) => row.remoteAddress ?? UNKNOWN,
    },
    {
      id: 'queue',
      header: 'Queue',
      width: 84,
      align: 'right',
      from: 720,
      sortBy: (row) => row.queueLength,
      cell: (row) => formatCount(row.queueLength),
    },
    {
      id: 'rate',
      header: 'Receives/s',
      width: 116,
      align: 'right',
      from: 960,
      sortBy: (row) => row.messagesSentPerSecond,
      csv: (row) => Math.round(row.messagesSentPerSecond),
      cell: (row) => <ReceiveRate row={row} />,
    },
    {
      id: 'dropped',
      header: 'Dropped',
      width: 96,
      align: 'right',
      from: 820,
      sortBy: (row) => row.messagesDropped,
      cell: (row) => formatCount(row.messagesDropped),
    },
    {
      id: 'seen',
      header: 'Since',
      width: 116,
      from: 480,
      sortBy: (row) => (row.connected ? row.connectedAt : row.disconnectedAt),
      cell: (row) => <RelativeTime at={row.connected ? row.connectedAt : row.disconnectedAt} />,
    },
    {
      id: 'disconnect',
      header: '',
      width: 56,
      align: 'right',
      cell: (row) =>
        row.connected ? (
          <DisconnectButton
            deploymentId={deploymentId}
            clientId={row.clientId}
            permission={deployment?.viewerCan.disconnectClient}
            compact
          />
        ) : null,
    },
  ];
}
