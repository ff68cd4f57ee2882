import { Skeleton } from '@mantine/core';
import { IconDevices2 } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useApi } from '../../api/use-api';
import type { ClientQuery as ClientData } from '../../gql/graphql';
import { paths } from '../../paths';
import { Card } from '../../ui/card';
import { Copyable } from '../../ui/copyable';
import { DetailList } from '../../ui/detail-list';
import { EmptyState } from '../../ui/empty-state';
import { Fault } from '../../ui/fault';
import { formatCount, formatDuration, UNKNOWN } from '../../ui/format';
import { ButtonLink } from '../../ui/links';
import { Section } from '../../ui/page';
import { RelativeTime } from '../../ui/relative-time';
import type { Column } from '../../ui/table/column';
import { DataTable } from '../../ui/table/data-table';
import { useDeployment } from '../deployments/use-deployment';
import { ClientState } from './client-columns';
import classes from './client-page.module.css';
import { DisconnectButton } from './disconnect-button';
import { FaultsCard } from './faults-card';
import { ClientQuery } from './queries';
import { protocolName, transportName } from './words';

type Client = NonNullable<NonNullable<ClientData['deployment']>['client']>;
type Subscription = NonNullable<Client['subscriptions']>[number];

const route = getRouteApi('/app/d/$deploymentId/clients/$clientId');
const NEVER_EXPIRES = 4_294_967_295;

const subscriptionColumns: Column<Subscription>[] = [
  { id: 'filter', header: 'Topic filter', fixed: true, cell: (row) => <span className="mono">{row.topicFilter}</span> },
  { id: 'qos', header: 'QoS', width: 80, align: 'right', cell: (row) => row.qos },
  { id: 'options', header: 'Options', from: 560, cell: options },
];

export function ClientPage() {
  const { deploymentId, clientId } = route.useParams();
  const { deployment } = useDeployment(deploymentId);
  const { data, error, isPending, refetch } = useApi(ClientQuery, { deploymentId, clientId }, { refetchInterval: 2_000 });
  const client = data?.deployment?.client;

  return (
    <>
      <Section
        title={clientId}
        actions={
          <>
            {client?.connected && (
              <DisconnectButton deploymentId={deploymentId} clientId={clientId} permission={deployment?.viewerCan.disconnectClient} />
            )}
            <ButtonLink to={paths.clients(deploymentId)} variant="default">
              All clients
            </ButtonLink>
          </>
        }
      />
      {error && <Fault title="The client could not be loaded" error={error} onRetry={() => void refetch()} />}
      {isPending && <Skeleton height={320} />}
      {data && !client && (
        <Card>
          <EmptyState
            icon={<IconDevices2 size={24} />}
            title="This client is not known now"
            action={<ButtonLink to={paths.clients(deploymentId)}>All clients</ButtonLink>}
          >
            It is not connected and has no stored session. The page fills by itself when it connects.
          </EmptyState>
        </Card>
      )}
      {client?.advice.map(({ code, message }) => (
        <Fault key={code} title="This client receives too fast for one connection" tone="warn">
          {message} <span className="mono">{code}</span>
        </Fault>
      ))}
      {client && <ClientCards client={client} />}
      {data?.deployment && <FaultsCard faults={data.deployment.clientFaults} />}
    </>
  );
}

function ClientCards({ client }: { client: Client }) {
  const subscriptions = client.subscriptions ?? [];
  return (
    <>
      <div className={classes.columns}>
        <Card title="Connection" aside={<ClientState connected={client.connected} />}>
          <DetailList
            items={[
              ['Client id', <Copyable key="id" value={client.clientId} label="client id" />],
              ['Username', client.username ?? UNKNOWN],
              ['Protocol', `${protocolName(client.protocolVersion)}, ${transportName(client.transport, client.tlsVersion)}`],
              ['Address', client.remoteAddress ?? UNKNOWN],
              ['Connected', <RelativeTime key="at" at={client.connectedAt} />],
              client.connected ? null : ['Disconnected', <RelativeTime key="left" at={client.disconnectedAt} />],
              ['Keep alive', client.keepAliveSeconds === 0 ? 'off' : formatDuration(client.keepAliveSeconds)],
            ]}
          />
        </Card>
        <Card title="Session">
          <DetailList
            items={[
              ['Clean start', client.cleanStart ? 'yes' : 'no'],
              ['Session expiry', expiry(client.sessionExpirySeconds)],
              ['In flight', `${formatCount(client.inflight)} messages`],
              ['Queue', `${formatCount(client.queueLength)} messages`],
              ['Received from it', `${formatCount(client.messagesReceived)} messages`],
              [
                'Sent to it',
                `${formatCount(client.messagesSent)} messages, ${formatCount(Math.round(client.messagesSentPerSecond))} a second`,
              ],
              ['Dropped', `${formatCount(client.messagesDropped)} messages`],
            ]}
          />
        </Card>
      </div>
      <Card title={`Subscriptions (${client.subscriptionCount})`} flush>
        {subscriptions.length === 0 ? (
          <EmptyState icon={<IconDevices2 size={24} />} title="No subscriptions">
            This client only publishes, or has not subscribed yet.
          </EmptyState>
        ) : (
          <DataTable label="Subscriptions" columns={subscriptionColumns} rows={subscriptions} rowKey={(row) => row.topicFilter} />
        )}
      </Card>
    </>
  );
}

function expiry(seconds: number): string {
  if (seconds >= NEVER_EXPIRES) return 'never';
  return seconds === 0 ? 'ends with the connection' : `${formatDuration(seconds)} after it leaves`;
}

function options(row: Subscription): string {
  const words = [
    row.noLocal && 'no local',
    row.retainAsPublished && 'retain as published',
    row.retainHandling > 0 && `retain handling ${row.retainHandling}`,
  ];
  return words.filter(Boolean).join(', ') || UNKNOWN;
}
