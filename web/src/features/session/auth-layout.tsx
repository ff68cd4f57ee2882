import { Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Logo } from '../../ui/logo';
import classes from './auth-layout.module.css';
import { ProductPicture } from './product-picture';

interface Props {
  title: string;
  children: ReactNode;
  foot: ReactNode;
}

/** One column of 400 px; on wide screens a picture of what waits behind it. */
export function AuthLayout({ title, children, foot }: Props) {
  useDocumentTitle(`${title} · Rookery`);
  return (
    <div className={classes.frame}>
      <main className={classes.column}>
        <Logo />
        <Title order={1}>{title}</Title>
        {children}
        <p className={classes.foot}>{foot}</p>
      </main>
      <aside className={classes.picture} aria-hidden>
        <p className={classes.claim}>Your own MQTT cloud, up in a second.</p>
        <ProductPicture />
      </aside>
    </div>
  );
}
