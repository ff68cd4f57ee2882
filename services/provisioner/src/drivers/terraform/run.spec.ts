import { describe, expect, it } from 'vitest';
import { readEvent } from './run.js';

describe('a line of terraform', () => {
  it.each([
    [
      '{"@level":"info","@message":"docker_container.runtime: Creating...","type":"apply_start","hook":{}}',
      { type: 'apply_start', message: 'docker_container.runtime: Creating...', severity: null },
    ],
    [
      '{"@level":"error","@message":"Error: Unable to start","type":"diagnostic","diagnostic":{"detail":"no such image"}}',
      { type: 'diagnostic', message: 'Error: Unable to start: no such image', severity: 'error' },
    ],
    [
      '{"@level":"warn","@message":"Warning: old","type":"diagnostic","diagnostic":{"detail":""}}',
      { type: 'diagnostic', message: 'Warning: old', severity: 'warning' },
    ],
  ])('is read as an event', (line, event) => expect(readEvent(line)).toEqual(event));

  it.each(['Initializing the backend...', '{"half": ', '{"type":1}', ''])('that is none is kept as output: %s', (line) =>
    expect(readEvent(line)).toBeNull(),
  );
});
