import { IconCheck } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
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
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(current);
  // The button that led here is gone: whoever uses the keyboard goes on at the step that has opened.
  useEffect(() => {
    if (current && !before.current) heading.current?.focus();
    before.current = current;
  }, [current]);

  return (
    <li className={classes.step} data-done={done || undefined} aria-current={current ? 'step' : undefined}>
      <span className={classes.number} aria-hidden>
        {done ? <IconCheck size={16} stroke={3} /> : number}
      </span>
      <div className={classes.content}>
        <h2 className={classes.title} ref={heading} tabIndex={-1}>
          {title}
          {done && <span className="visually-hidden">, done</span>}
          {done && summary && <span className={classes.summary}> {summary}</span>}
        </h2>
        {current && <div className={classes.body}>{children}</div>}
      </div>
    </li>
  );
}
