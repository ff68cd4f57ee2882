import { expect, it } from 'vitest';
import { joinMetrics } from './gather-metrics.js';

it('joined figures say whose they are, and explain each metric once', () => {
  const page = (value: number) => `# HELP up_seconds Since when.\n# TYPE up_seconds gauge\nup_seconds ${value}\nup_seconds{kind="a b"} 2\n`;
  expect(
    joinMetrics([
      { process: 'api', text: page(1) },
      { process: 'worker', text: `${page(3)}# HELP other x\n# TYPE other counter\nother 4\n` },
    ]),
  ).toBe(
    [
      '# HELP up_seconds Since when.',
      '# TYPE up_seconds gauge',
      'up_seconds{process="api"} 1',
      'up_seconds{process="api",kind="a b"} 2',
      'up_seconds{process="worker"} 3',
      'up_seconds{process="worker",kind="a b"} 2',
      '',
      '# HELP other x',
      '# TYPE other counter',
      'other{process="worker"} 4',
      '',
    ].join('\n'),
  );
});
