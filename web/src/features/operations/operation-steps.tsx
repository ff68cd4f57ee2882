import { IconCircleCheckFilled, IconCircleDashed, IconCircleXFilled, IconLoader2 } from '@tabler/icons-react';
import type { OperationDetailFragment } from '../../gql/graphql';
import { formatSecondsBetween } from '../../ui/format';
import { useNow } from '../../ui/now';
import classes from './operation-steps.module.css';

type Step = OperationDetailFragment['steps'][number];

/** The steps of an operation with how long each took; the one at work counts up. */
export function OperationSteps({ steps }: { steps: readonly Step[] }) {
  const now = useNow(steps.some((step) => step.state === 'RUNNING') ? 250 : 60_000);
  return (
    <ol className={classes.steps}>
      {steps.map((step) => (
        <li key={step.name} className={classes.step} data-state={step.state}>
          <StepIcon state={step.state} />
          <span className={classes.title}>
            {step.title}
            <span className="visually-hidden">, {step.state.toLowerCase()}</span>
            {step.message && <span className={classes.message}>{step.message}</span>}
          </span>
          <span className={classes.time}>{step.startedAt && formatSecondsBetween(step.startedAt, step.finishedAt ?? now)}</span>
        </li>
      ))}
    </ol>
  );
}

function StepIcon({ state }: { state: Step['state'] }) {
  if (state === 'SUCCEEDED') return <IconCircleCheckFilled size={18} aria-hidden />;
  if (state === 'FAILED') return <IconCircleXFilled size={18} aria-hidden />;
  if (state === 'RUNNING') return <IconLoader2 size={18} aria-hidden className={classes.turning} />;
  return <IconCircleDashed size={18} aria-hidden />;
}
