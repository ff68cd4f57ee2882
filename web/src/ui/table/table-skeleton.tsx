import { Skeleton } from '@mantine/core';
import { useDensity } from '../preferences';
import classes from './table-skeleton.module.css';

/** Takes the room that the rows will take. */
export function TableSkeleton({ rows = 6 }: { rows?: number }) {
  const [density] = useDensity();
  return (
    <div aria-busy="true" aria-label="Loading" role="status">
      <div className={classes.head} />
      {Array.from({ length: rows }, (_, index) => (
        <div key={`row-${index + 1}`} className={classes.row} data-density={density}>
          <Skeleton height={12} width={`${30 + ((index * 7) % 20)}%`} />
          <Skeleton height={12} width="12%" />
          <Skeleton height={12} width="18%" />
        </div>
      ))}
    </div>
  );
}
