/** Horizontal bars on a logarithmic scale, as SVG that reads on light and on dark pages. */

interface Bar {
  label: string;
  value: number;
  /** Drawn in the accent colour. */
  ours: boolean;
}

export interface Group {
  label: string;
  bars: readonly Bar[];
  /** Drawn as strokes across the group. */
  bar?: number;
  goal?: number;
}

const WIDTH = 860;
const LEFT = 190;
const RIGHT = 90;
const BAR_HEIGHT = 13;
const GROUP_GAP = 16;
const TOP = 56;
const STYLE = `text{font:12px system-ui,sans-serif;fill:#57606a}.title{font-size:15px;font-weight:600;fill:#3b82c4}.ours{fill:#3b82c4}.other{fill:#9aa4af}.grid{stroke:#9aa4af55}.bar{stroke:#d1242f;stroke-width:2}.goal{stroke:#1a7f37;stroke-width:2}`;

/** `unit` follows each figure; values must be above zero. */
export function barChart(title: string, groups: readonly Group[], unit: string): string {
  const values = groups.flatMap(({ bars, bar, goal }) => [...bars.map(({ value }) => value), bar ?? 1, goal ?? 1]).filter((v) => v > 0);
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const x = (value: number) => LEFT + ((Math.log10(Math.max(value, 10 ** low)) - low) / Math.max(1, high - low)) * (WIDTH - LEFT - RIGHT);
  const height = TOP + groups.reduce((sum, { bars }) => sum + bars.length * BAR_HEIGHT + GROUP_GAP, 0) + 24;
  const parts = [`<text class="title" x="12" y="24">${escape(title)}</text>`, legend()];
  for (let power = low; power <= high; power++) {
    const at = x(10 ** power).toFixed(1);
    parts.push(`<line class="grid" x1="${at}" y1="${TOP - 8}" x2="${at}" y2="${height - 20}"/>`);
    parts.push(`<text x="${at}" y="${height - 6}" text-anchor="middle">${figure(10 ** power)}${unit}</text>`);
  }
  let y = TOP;
  for (const { label, bars, bar, goal } of groups) {
    const end = y + bars.length * BAR_HEIGHT;
    parts.push(`<text x="12" y="${y + 10}">${escape(label)}</text>`);
    for (const [i, { value, ours, label: name }] of bars.entries()) {
      const top = y + i * BAR_HEIGHT;
      const width = Math.max(1, x(value) - LEFT).toFixed(1);
      parts.push(`<rect class="${ours ? 'ours' : 'other'}" x="${LEFT}" y="${top}" width="${width}" height="${BAR_HEIGHT - 2}"/>`);
      parts.push(`<text x="${(x(value) + 5).toFixed(1)}" y="${top + 10}">${figure(value)}${unit} ${escape(name)}</text>`);
    }
    for (const [kind, at] of [
      ['bar', bar],
      ['goal', goal],
    ] as const)
      if (at !== undefined)
        parts.push(`<line class="${kind}" x1="${x(at).toFixed(1)}" y1="${y - 3}" x2="${x(at).toFixed(1)}" y2="${end + 1}"/>`);
    y = end + GROUP_GAP;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}"><style>${STYLE}</style>\n${parts.join('\n')}\n</svg>\n`;
}

function legend(): string {
  return `<line class="bar" x1="560" y1="14" x2="560" y2="28"/><text x="568" y="25">first bar</text><line class="goal" x1="640" y1="14" x2="640" y2="28"/><text x="648" y="25">goal</text>`;
}

function figure(value: number): string {
  return value >= 1 ? value.toLocaleString('en-US', { maximumSignificantDigits: 3 }) : value.toPrecision(2).replace(/0+$/, '');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
