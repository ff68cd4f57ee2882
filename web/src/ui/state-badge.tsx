import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconLoader2,
  IconMoonFilled,
  IconPlayerStopFilled,
} from '@tabler/icons-react';
import classes from './state-badge.module.css';
import type { Tone } from './tone';

export type Shape = 'check' | 'turning' | 'triangle' | 'cross' | 'square' | 'moon';

const SHAPES = {
  check: IconCircleCheckFilled,
  turning: IconLoader2,
  triangle: IconAlertTriangleFilled,
  cross: IconCircleXFilled,
  square: IconPlayerStopFilled,
  moon: IconMoonFilled,
} as const;

/** A state as a word, a shape and a colour: it can be read without seeing colours, or from afar. */
export function StateBadge({ word, shape, tone }: { word: string; shape: Shape; tone: Tone }) {
  const Icon = SHAPES[shape];
  return (
    <span className={classes.badge} data-tone={tone}>
      <Icon size={14} aria-hidden className={shape === 'turning' ? classes.turning : undefined} />
      {word}
    </span>
  );
}
