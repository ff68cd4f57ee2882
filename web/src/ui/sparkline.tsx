import classes from './sparkline.module.css';

interface Props {
  /** Ready paths in the order of the chart colours, see `sparkPath`. */
  lines: readonly string[];
  width: number;
  height: number;
  label: string;
}

export function Sparkline({ lines, width, height, label }: Props) {
  return (
    <svg className={classes.spark} width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <line className={classes.base} x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
      {lines.map(
        (line, index) => line && <path key={index === 0 ? 'first' : 'second'} className={classes.line} data-series={index + 1} d={line} />,
      )}
    </svg>
  );
}
