import { Tooltip } from '@mantine/core';
import { useLiveStatus } from '../../api/live-status';
import { formatClock } from '../../ui/format';
import classes from './live-indicator.module.css';

const WORDS = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  stale: 'Stale',
  paused: 'Paused',
} as const;

/** Whether what is on the page is the present: live · reconnecting · stale since 12:04:31. */
export function LiveIndicator() {
  const { state, heardAt } = useLiveStatus();
  const words = state === 'stale' ? `Stale since ${formatClock(heardAt)}` : WORDS[state];
  const label = {
    connecting: 'Opening the live connection',
    live: 'Data on this page is live',
    reconnecting: 'The live connection was lost a moment ago; we are reconnecting',
    stale: 'Nothing has been heard since then. The last data stays; we keep trying',
    paused: 'Paused while this tab was hidden',
  }[state];
  return (
    <Tooltip label={label}>
      <span className={classes.indicator} data-state={state} role="status" aria-label={words}>
        <span className={classes.dot} aria-hidden />
        <span className={classes.words}>{words}</span>
      </span>
    </Tooltip>
  );
}
