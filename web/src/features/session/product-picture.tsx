import { StateBadge } from '../../ui/state-badge';
import classes from './product-picture.module.css';

/** A deployment as the console shows it; drawn, not loaded, so that it costs nothing. */
export function ProductPicture() {
  return (
    <div className={classes.card}>
      <div className={classes.head}>
        <span className={classes.name}>greenhouse</span>
        <StateBadge word="Running" shape="check" tone="ok" />
      </div>
      <svg className={classes.chart} viewBox="0 0 520 120" preserveAspectRatio="none">
        <path className={classes.in} d="M0 78C40 70 60 92 100 84s60-40 104-34 62 22 104 10 70-28 110-22 66 14 102 4" />
        <path className={classes.out} d="M0 98C44 92 70 104 110 98s70-24 110-20 60 12 100 6 80-18 112-14 56 6 88 0" />
      </svg>
      <div className={classes.row}>
        <span>sensors/7/temperature</span>
        <span className={classes.dim}>21.4 °C</span>
      </div>
      <div className={classes.row}>
        <span>sensors/8/temperature</span>
        <span className={classes.dim}>20.9 °C</span>
      </div>
    </div>
  );
}
