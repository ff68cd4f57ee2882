import { Button } from '@mantine/core';
import { IconAlertTriangleFilled, IconCircleXFilled } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asApiError } from '../api/api-error';
import { remedyFor } from './remedies';
import classes from './states.module.css';

interface Props {
  /** What could not be done, in the words of the page: "The clients could not be loaded". */
  title: string;
  error?: unknown;
  onRetry?: () => void;
  tone?: 'bad' | 'warn';
  children?: ReactNode;
}

/** An error says what, why, what to do, and its code. It stands beside the data, never in its place. */
export function Fault({ title, error, onRetry, tone = 'bad', children }: Props) {
  const fault = error === undefined || error === null ? undefined : asApiError(error);
  const remedy = fault && remedyFor(fault.code);
  const Icon = tone === 'bad' ? IconCircleXFilled : IconAlertTriangleFilled;
  return (
    <div className={classes.fault} data-tone={tone} role="alert">
      <Icon size={16} aria-hidden />
      <div className={classes.faultBody}>
        <p className={classes.faultTitle}>{title}</p>
        {fault && (
          <p className={classes.faultText}>
            {fault.message} {remedy} <span className={classes.code}>{fault.code}</span>
          </p>
        )}
        {children && <div className={classes.faultText}>{children}</div>}
      </div>
      {onRetry && (
        <Button size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
