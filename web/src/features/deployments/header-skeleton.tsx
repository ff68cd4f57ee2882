import { Skeleton } from '@mantine/core';
import classes from './deployment-header.module.css';

export function HeaderSkeleton() {
  return (
    <div className={classes.header} aria-busy="true">
      <div className={classes.top}>
        <Skeleton height={28} width={240} />
        <Skeleton height={36} width={96} />
      </div>
      <Skeleton height={24} width={320} />
      <Skeleton height={76} />
    </div>
  );
}
