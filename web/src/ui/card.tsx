import type { ReactNode } from 'react';
import { useId } from 'react';
import classes from './card.module.css';

interface Props {
  title?: string;
  /** Small things at the right of the title. */
  aside?: ReactNode;
  children: ReactNode;
  /** Without padding, for tables and lists that reach the border. */
  flush?: boolean;
}

export function Card({ title, aside, children, flush = false }: Props) {
  const id = useId();
  const body = flush ? children : <div className={classes.body}>{children}</div>;
  if (!title) return <div className={classes.card}>{body}</div>;
  return (
    <section className={classes.card} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 className={classes.title} id={id}>
          {title}
        </h2>
        {aside}
      </div>
      {body}
    </section>
  );
}
