/** A sample of one deployment; a value is null where nothing was heard. */
export interface Sample {
  at: string;
}

export interface Series<P extends Sample> {
  stepSeconds: number;
  points: P[];
}

/**
 * Adds a live sample to a loaded series and drops what has left the range. A sample that the series holds already
 * replaces it (the first answer and the first live sample overlap), one from before the range is ignored.
 */
export function appendSample<P extends Sample>(series: Readonly<Series<P>>, sample: P, rangeSeconds: number): Series<P> {
  const at = Date.parse(sample.at);
  const points = series.points.filter((point) => point.at !== sample.at && Date.parse(point.at) > at - rangeSeconds * 1000);
  points.push(sample);
  if (points.length > 1 && Date.parse(points.at(-2)?.at ?? sample.at) > at) points.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return { stepSeconds: series.stepSeconds, points };
}

/** How old a sample may be and still stand for the present, in steps of the series. */
const FRESH_STEPS = 4;

/**
 * The newest sample in which something was heard. The last one of a series can be empty because its time has only begun;
 * once nothing has been heard for some steps there is no present to show, and the answer is undefined.
 */
export function newestHeard<P extends Sample>(series: Series<P>, heard: (point: P) => boolean): P | undefined {
  const last = series.points.at(-1);
  const found = series.points.findLast(heard);
  if (!last || !found) return undefined;
  return Date.parse(last.at) - Date.parse(found.at) <= FRESH_STEPS * series.stepSeconds * 1000 ? found : undefined;
}

/** Columns as uPlot wants them: seconds, then a row of values per line. Missing samples become null, so gaps are drawn as gaps. */
export function toColumns<P extends Sample>(
  series: Series<P>,
  values: readonly ((point: P) => number | null)[],
): [number[], ...(number | null)[][]] {
  const times: number[] = [];
  const lines: (number | null)[][] = values.map(() => []);
  const gap = series.stepSeconds * 1.75;
  for (const point of series.points) {
    const at = Date.parse(point.at) / 1000;
    const before = times.at(-1);
    if (before !== undefined && at - before > gap) {
      times.push(before + series.stepSeconds);
      for (const line of lines) line.push(null);
    }
    times.push(at);
    for (const [index, value] of values.entries()) lines[index]?.push(value(point));
  }
  return [times, ...lines];
}

/** The path of a small line without axes, from zero up to `top`, `M`oving over gaps. Empty when there is nothing to draw. */
export function sparkPath(
  times: readonly number[],
  values: readonly (number | null)[],
  width: number,
  height: number,
  top = Math.max(1, ...values.filter((value) => value !== null)),
): string {
  const [first, last] = [times[0], times.at(-1)];
  const known = values.filter((value) => value !== null);
  if (first === undefined || last === undefined || known.length < 2 || !known.some((value) => value > 0)) return '';
  const span = Math.max(1, last - first);
  let path = '';
  let drawing = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      drawing = false;
      continue;
    }
    const x = (((times[index] ?? first) - first) / span) * width;
    const y = height - 1 - (value / top) * (height - 2);
    path += `${drawing ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    drawing = true;
  }
  return path;
}
