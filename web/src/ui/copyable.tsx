import { CopyButton } from './copy-button';
import classes from './copyable.module.css';

/** An id, host or address in monospace with a button that copies it. */
export function Copyable({ value, label }: { value: string; label: string }) {
  return (
    <span className={classes.row}>
      <span className={classes.value}>{value}</span>
      <CopyButton value={value} label={label} />
    </span>
  );
}
