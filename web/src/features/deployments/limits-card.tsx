import { Text } from '@mantine/core';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { Card } from '../../ui/card';
import { DetailList } from '../../ui/detail-list';
import { formatBytes, formatCount } from '../../ui/format';
import { StateBadge } from '../../ui/state-badge';
import { hitsWords, LIMITS } from './limits';

/** What is used, what the plan allows, and which limits stood in the way of a client. */
export function LimitsCard({ deployment }: { deployment: DeploymentDetailFragment }) {
  const { quotas, latest, limitHits } = deployment;
  const hits = new Map(limitHits.map(({ limit, hits }) => [limit, hits]));
  return (
    <Card title="Use and limits" aside={deployment.plan.name}>
      <DetailList
        items={[
          ...LIMITS.map(({ quota, name, used, format = formatCount }) => {
            const met = hits.get(quota) ?? 0;
            const words = used && latest ? `${format(used(latest))} of ${format(quotas[quota])}` : format(quotas[quota]);
            return [name, met === 0 ? words : <LimitMet key={quota} words={words} hits={met} />] as const;
          }),
          ['Subscriptions', formatCount(latest?.subscriptions)],
          ['Memory', formatBytes(latest?.memoryBytes)],
        ]}
      />
    </Card>
  );
}

function LimitMet({ words, hits }: { words: string; hits: number }) {
  return (
    <>
      {words} <StateBadge word={hitsWords(hits)} shape="triangle" tone="warn" />
      <Text span size="xs" c="dimmed" display="block">
        since the broker started
      </Text>
    </>
  );
}
