import { Skeleton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { Card } from '../../ui/card';
import { Fault } from '../../ui/fault';
import { formatClock, formatCompact, formatCount } from '../../ui/format';
import { TimeChart } from '../../ui/time-chart';
import classes from './metrics-cards.module.css';
import { SamplesTable } from './samples-table';
import { toColumns } from './series';
import { type MetricSample, RANGE_SECONDS, useMetrics } from './use-metrics';

const route = getRouteApi('/app/d/$deploymentId/');

interface Chart {
  title: string;
  lines: readonly { name: string; value: (sample: MetricSample) => number | null }[];
  format: (value: number) => string;
  limit?: (deployment: DeploymentDetailFragment) => number;
}

const CHARTS: readonly Chart[] = [
  {
    title: 'Messages per second',
    lines: [
      { name: 'In', value: (sample) => sample.messagesIn },
      { name: 'Out', value: (sample) => sample.messagesOut },
    ],
    format: formatCompact,
    limit: ({ quotas }) => quotas.messagesPerSecondMax,
  },
  {
    title: 'Clients connected',
    lines: [{ name: 'Clients', value: (sample) => sample.clients }],
    format: formatCount,
    limit: ({ quotas }) => quotas.clientsMax,
  },
];

/** The last 15 minutes as charts that share a crosshair, or as one table of the same numbers. */
export function MetricsCards({ deployment }: { deployment: DeploymentDetailFragment }) {
  const { view } = route.useSearch();
  const navigate = route.useNavigate();
  const { series, error, isPending, refetch } = useMetrics(deployment.id);
  const [cursor, setCursor] = useState<number | null>(null);
  const asTable = view === 'table';
  const toggle = () => void navigate({ search: (old) => ({ ...old, view: asTable ? '' : 'table' }), replace: true });

  if (error && !series)
    return (
      <div className={classes.wide}>
        <Fault title="The last 15 minutes could not be loaded" error={error} onRetry={() => void refetch()} />
      </div>
    );
  if (asTable && series)
    return (
      <div className={classes.wide}>
        <Card title="Last 15 minutes" flush aside={<ViewButton asTable onClick={toggle} />}>
          <SamplesTable samples={series.points} />
        </Card>
      </div>
    );
  return CHARTS.map((chart, index) => {
    const columns =
      series &&
      toColumns(
        series,
        chart.lines.map(({ value }) => value),
      );
    const at = cursor ?? columns?.[1]?.findLastIndex((value) => value !== null);
    const time = at === undefined ? undefined : columns?.[0][at];
    return (
      <Card
        key={chart.title}
        title={chart.title}
        aside={
          <div className={classes.aside}>
            {chart.lines.map(({ name }, line) => (
              <span key={name} className={classes.value}>
                <span className={classes.key} data-line={line + 1} aria-hidden />
                {name} <b className="tabular">{format(chart, at === undefined ? null : columns?.[line + 1]?.[at])}</b>
              </span>
            ))}
            <span className={classes.time}>{time === undefined ? '' : formatClock(time * 1000)}</span>
            {index === 0 && <ViewButton asTable={false} onClick={toggle} />}
          </div>
        }
      >
        {isPending || !columns ? (
          <Skeleton height={200} />
        ) : (
          <TimeChart
            columns={columns}
            lines={chart.lines.map(({ name }) => name)}
            unit={chart.format}
            limit={chart.limit?.(deployment)}
            rangeSeconds={RANGE_SECONDS}
            syncKey={deployment.id}
            onCursor={setCursor}
            label={`${chart.title} over the last 15 minutes. The same numbers are in the table view.`}
          />
        )}
      </Card>
    );
  });
}

function format(chart: Chart, value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : chart.format(value);
}

function ViewButton({ asTable, onClick }: { asTable: boolean; onClick: () => void }) {
  return (
    <Button size="compact-xs" variant="subtle" onClick={onClick}>
      {asTable ? 'View as charts' : 'View as table'}
    </Button>
  );
}
