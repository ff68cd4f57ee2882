import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import classes from './time-chart.module.css';

export interface TimeChartProps {
  /** Seconds since 1970, then one row of values per line; null is a gap. */
  columns: [number[], ...(number | null)[][]];
  lines: readonly string[];
  unit: (value: number) => string;
  /** Drawn as a dashed line when the values come near it. */
  limit?: number | undefined;
  rangeSeconds: number;
  /** What the chart shows, in a sentence, for those who do not see it. */
  label: string;
  /** Charts with the same key share the crosshair. */
  syncKey: string;
  onCursor?: (index: number | null) => void;
}

/** Whole numbers only: half a client is nowhere. */
const STEPS = [1, 2, 5].flatMap((step) => Array.from({ length: 10 }, (_, power) => step * 10 ** power)).sort((a, b) => a - b);

const cssVariable = (element: Element, name: string): string => getComputedStyle(element).getPropertyValue(name).trim();

export default function TimeChartCanvas(props: TimeChartProps) {
  const { columns, lines, label } = props;
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const scheme = useComputedColorScheme('light');
  const lineNames = lines.join('\n');

  useEffect(() => {
    const host = element.current;
    if (!host) return undefined;
    const made = new uPlot(optionsFor(host, latest), latest.current.columns, host);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: host.clientWidth, height: host.clientHeight }));
    observer.observe(host);
    return () => {
      observer.disconnect();
      made.destroy();
    };
    // The scheme decides the colours and the lines decide the series: both mean a new chart.
  }, [scheme, lineNames]);

  useEffect(() => chart.current?.setData(columns), [columns]);

  return <div ref={element} className={classes.canvas} role="img" aria-label={label} />;
}

function optionsFor(host: HTMLElement, latest: { readonly current: TimeChartProps }): uPlot.Options {
  const grid = { stroke: cssVariable(host, '--rk-border'), width: 1 };
  const font = `12px ${cssVariable(host, '--mantine-font-family')}`;
  const ink = cssVariable(host, '--mantine-color-dimmed');
  const { lines, syncKey } = latest.current;
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    padding: [8, 8, 0, 0],
    cursor: { sync: { key: syncKey }, y: false, points: { size: 6 }, drag: { x: false, y: false } },
    legend: { show: false },
    scales: {
      x: { range: (_, __, max) => [max - latest.current.rangeSeconds, max] },
      // From zero always: half of the tricks charts can play begin elsewhere.
      y: { range: (_, __, max) => [0, Math.max(1, max * 1.15)] },
    },
    axes: [
      { stroke: ink, font, grid: { show: false }, ticks: { show: false }, size: 28, space: 72, values: '{HH}:{mm}' },
      {
        stroke: ink,
        font,
        grid,
        ticks: { show: false },
        size: 56,
        incrs: STEPS,
        splits: undefined,
        values: (_, splits) => splits.map((v) => latest.current.unit(v)),
      },
    ],
    series: [
      {},
      ...lines.map((name, index) => ({
        label: name,
        stroke: cssVariable(host, `--rk-chart-${index + 1}`),
        width: 1.75,
        spanGaps: false,
        points: { show: false },
      })),
    ],
    hooks: {
      setCursor: [(plot) => latest.current.onCursor?.(plot.cursor.idx ?? null)],
      draw: [(plot) => drawLimit(plot, latest.current.limit, cssVariable(host, '--rk-bad'))],
    },
  };
}

function drawLimit(plot: uPlot, limit: number | undefined, color: string): void {
  if (limit === undefined || limit > (plot.scales['y']?.max ?? 0)) return;
  const y = plot.valToPos(limit, 'y', true);
  plot.ctx.save();
  plot.ctx.strokeStyle = color;
  plot.ctx.setLineDash([6, 4]);
  plot.ctx.beginPath();
  plot.ctx.moveTo(plot.bbox.left, y);
  plot.ctx.lineTo(plot.bbox.left + plot.bbox.width, y);
  plot.ctx.stroke();
  plot.ctx.restore();
}
