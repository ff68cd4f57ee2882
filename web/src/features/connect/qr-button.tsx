import { ActionIcon, Popover, Skeleton, Tooltip } from '@mantine/core';
import { IconQrcode } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import classes from './qr-code.module.css';

const QrCode = lazy(() => import('./qr-code'));

/** Takes an address to a phone without typing it. */
export function QrButton({ text }: { text: string }) {
  return (
    <Popover position="bottom-end" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Tooltip label="QR code of the address">
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label="QR code of the address">
            <IconQrcode size={14} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label="QR code of the address">
        <Suspense fallback={<Skeleton height={200} width={200} />}>
          <QrCode text={text} />
        </Suspense>
        <p className={`${classes.text} mono`}>{text}</p>
      </Popover.Dropdown>
    </Popover>
  );
}
