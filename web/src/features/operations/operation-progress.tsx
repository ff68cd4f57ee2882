import { Progress, Skeleton, Stack } from '@mantine/core';
import { paths } from '../../paths';
import { Fault } from '../../ui/fault';
import { formatSecondsBetween } from '../../ui/format';
import { TextLink } from '../../ui/links';
import { OperationSteps } from './operation-steps';
import { useOperation } from './use-operation';
import { STATES } from './words';

/** A running operation inside another page: bar, steps, and what went wrong. */
export function OperationProgress({ id, deploymentId }: { id: string; deploymentId?: string }) {
  const { operation, error } = useOperation(id);
  if (!operation) return error ? <Fault title="The operation could not be loaded" error={error} /> : <Skeleton height={120} />;
  return (
    <Stack gap="sm" role="status" aria-live="polite">
      <Progress
        value={operation.percent}
        size={6}
        color={operation.state === 'FAILED' ? 'red.8' : undefined}
        aria-label={`${STATES[operation.state].word}, ${operation.percent} percent`}
      />
      <OperationSteps steps={operation.steps} />
      {operation.state === 'FAILED' && (
        <Fault title="The operation failed">
          {operation.errorMessage} {operation.errorCode && <span className="mono">{operation.errorCode}</span>}{' '}
          {deploymentId && <TextLink to={paths.operation(deploymentId, id)}>Open the operation</TextLink>}
        </Fault>
      )}
      {operation.state === 'SUCCEEDED' && operation.finishedAt && (
        <span>Done in {formatSecondsBetween(operation.createdAt, operation.finishedAt)}.</span>
      )}
    </Stack>
  );
}
