import classes from './thin-bar.module.css';

/** How much of a limit is used. Amber from 80 %, red from 95 %. The numbers stand beside it, so it is hidden from readers. */
export function ThinBar({ value, max }: { value: number; max: number }) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  const tone = share >= 0.95 ? 'bad' : share >= 0.8 ? 'warn' : undefined;
  return (
    <div className={classes.bar} aria-hidden>
      <div className={classes.fill} data-tone={tone} style={{ width: `${value > 0 ? Math.max(1, share * 100) : 0}%` }} />
    </div>
  );
}
