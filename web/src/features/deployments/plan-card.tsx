import { Radio } from '@mantine/core';
import type { CatalogQuery as Catalog } from '../../gql/graphql';
import { formatBytes, formatCompact, formatCount } from '../../ui/format';
import classes from './create-deployment-form.module.css';

export type CatalogPlan = Catalog['plans'][number];

/** A plan with the three numbers that people choose by. */
export function PlanCard({ plan }: { plan: CatalogPlan }) {
  const { quotas } = plan;
  return (
    <Radio.Card value={plan.id} className={classes.plan} aria-label={plan.name}>
      <span className={classes.planHead}>
        <span className={classes.planName}>{plan.name}</span>
        <Radio.Indicator size="xs" />
      </span>
      <span className={classes.planSummary}>{plan.summary}</span>
      <span className={classes.numbers}>
        <b>{formatCount(quotas.clientsMax)}</b>
        <span>clients at a time</span>
        <b>{formatCompact(quotas.messagesPerSecondMax)}</b>
        <span>messages per second</span>
        <b>{formatBytes(quotas.storeBytesMax)}</b>
        <span>store on disk</span>
      </span>
    </Radio.Card>
  );
}
