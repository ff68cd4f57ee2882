import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { TimeChartProps } from './time-chart-canvas';
import classes from './time-chart.module.css';

const Canvas = lazy(() => import('./time-chart-canvas'));

/** A chart over time. uPlot comes with the first chart, not with the shell; the room is kept meanwhile. */
export function TimeChart(props: TimeChartProps) {
  return (
    <div className={classes.frame}>
      <Suspense fallback={<Skeleton height="100%" />}>
        <Canvas {...props} />
      </Suspense>
    </div>
  );
}
