import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './welcome.module.css';

interface Props {
  number: number;
  title: string;
  done: boolean;
  /** Open now; others are one line. */
  current: boolean;
  summary?: ReactNode;
  children: ReactNode;
}

export function WelcomeStep({ number, title, done, current, summary, children }: Props) {
  return (
    <li className={classes.step} data-done={done || undefined} aria-current={current ? 'step' : undefined}>
      <span className={classes.number} aria-hidden>
        {done ? <IconCheck size={16} stroke={3} /> : number}
      </span>
      <div className={classes.content}>
        <h2 className={classes.title}>
          {title}
          {done && <span className="visually-hidden">, done</span>}
          {done && summary && <span className={classes.summary}> {summary}</span>}
        </h2>
        {current && <div className={classes.body}>{children}</div>}
      </div>
    </li>
  );
}
