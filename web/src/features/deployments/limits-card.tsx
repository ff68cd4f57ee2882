import type { DeploymentDetailFragment } from '../../gql/graphql';
import { Card } from '../../ui/card';
import { DetailList } from '../../ui/detail-list';
import { formatBytes, formatCount } from '../../ui/format';

/** What is used and what the plan allows. */
export function LimitsCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  const { quotas, latest } = deployment;
  return (
    <Card title="Use and limits" aside={deployment.plan.name}>
      <DetailList
        items={[
          ['Sessions', `${formatCount(latest?.sessions)} of ${formatCount(quotas.sessionsMax)}`],
          ['Subscriptions', formatCount(latest?.subscriptions)],
          ['Retained messages', `${formatCount(latest?.retained)} of ${formatCount(quotas.retainedMax)}`],
          ['Store', `${formatBytes(latest?.storeBytes)} of ${formatBytes(quotas.storeBytesMax)}`],
          ['Memory', formatBytes(latest?.memoryBytes)],
          ['Largest packet', formatBytes(quotas.packetBytesMax)],
        ]}
      />
    </Card>
  );
}
