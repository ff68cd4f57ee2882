import { Progress, Skeleton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { paths } from '../../paths';
import { Card } from '../../ui/card';
import { Copyable } from '../../ui/copyable';
import { DetailList } from '../../ui/detail-list';
import { Fault } from '../../ui/fault';
import { formatSecondsBetween } from '../../ui/format';
import { ButtonLink } from '../../ui/links';
import { Section } from '../../ui/page';
import { RelativeTime } from '../../ui/relative-time';
import { StateBadge } from '../../ui/state-badge';
import { StartButton } from '../deployments/start-stop';
import { useDeployment } from '../deployments/use-deployment';
import { OperationSteps } from './operation-steps';
import { useOperation } from './use-operation';
import { isOpen, STATES, VERBS } from './words';

const route = getRouteApi('/app/d/$deploymentId/operations/$operationId');

export function OperationPage() {
  const { deploymentId, operationId } = route.useParams();
  const { operation, error, isPending, refetch } = useOperation(operationId);
  const { deployment } = useDeployment(deploymentId);

  if (!operation)
    return error ? (
      <Fault title="The operation could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : isPending ? (
      <Skeleton height={320} />
    ) : (
      <Fault title="There is no such operation" tone="warn">
        It may belong to another deployment.
      </Fault>
    );

  const failed = operation.state === 'FAILED';
  return (
    <>
      <Section
        title={`${VERBS[operation.verb]} ${operation.deploymentName}`}
        actions={
          <>
            {failed && deployment && (operation.verb === 'CREATE' || operation.verb === 'START') && (
              <StartButton deployment={deployment} label="Try again" />
            )}
            <ButtonLink to={paths.operations(deploymentId)} variant="default">
              All operations
            </ButtonLink>
          </>
        }
      />
      {failed && (
        <Fault title="The operation failed">
          {operation.errorMessage ?? 'No reason was given.'} {operation.errorCode && <span className="mono">{operation.errorCode}</span>}
        </Fault>
      )}
      <Card title="Steps" aside={<StateBadge {...STATES[operation.state]} />}>
        {isOpen(operation.state) && <Progress value={operation.percent} size={6} mb="xs" aria-label={`${operation.percent} percent`} />}
        <OperationSteps steps={operation.steps} />
      </Card>
      <Card title="About">
        <DetailList
          items={[
            ['Asked by', operation.requestedBy],
            ['Started', <RelativeTime key="started" at={operation.createdAt} />],
            operation.finishedAt ? ['Took', formatSecondsBetween(operation.createdAt, operation.finishedAt)] : null,
            ['Id', <Copyable key="id" value={operation.id} label="operation id" />],
          ]}
        />
      </Card>
    </>
  );
}
