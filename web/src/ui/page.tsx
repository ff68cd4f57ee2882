import { Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './page.module.css';

interface Props {
  title: string;
  /** One sentence on what this page is for, where the title does not say it. */
  lead?: ReactNode;
  actions?: ReactNode;
  /** A form or a text, which nobody reads at full width. */
  narrow?: boolean;
  children: ReactNode;
}

export function Page({ title, lead, actions, narrow = false, children }: Props) {
  return (
    <div className={narrow ? `${classes.page} ${classes.narrow}` : classes.page}>
      <Section title={title} lead={lead} actions={actions} order={1} />
      {children}
    </div>
  );
}

/** The heading of a page inside a deployment, whose own title is the first of the page. */
export function Section({ title, lead, actions, order = 2 }: Omit<Props, 'children' | 'narrow'> & { order?: 1 | 2 }) {
  useDocumentTitle(`${title} · Rookery`);
  return (
    <div className={classes.head}>
      <div className={classes.titles}>
        <Title order={order}>{title}</Title>
        {lead && <p className={classes.lead}>{lead}</p>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
