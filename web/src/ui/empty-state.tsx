import type { ReactNode } from 'react';
import classes from './states.module.css';

interface Props {
  icon: ReactNode;
  title: string;
  /** What would stand here and how it gets here. */
  children: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon, title, children, action }: Props) {
  return (
    <div className={classes.empty}>
      <div className={classes.icon} aria-hidden>
        {icon}
      </div>
      <h2 className={classes.title}>{title}</h2>
      <p className={classes.text}>{children}</p>
      {action}
    </div>
  );
}
