import { Fragment, type ReactNode } from 'react';
import classes from './detail-list.module.css';

/** Names and values in two columns. An entry that is null has nothing to say and is left out. */
export function DetailList({ items }: { items: readonly (readonly [name: string, value: ReactNode] | null)[] }) {
  return (
    <dl className={classes.list}>
      {items.map(
        (item) =>
          item && (
            <Fragment key={item[0]}>
              <dt>{item[0]}</dt>
              <dd>{item[1]}</dd>
            </Fragment>
          ),
      )}
    </dl>
  );
}
