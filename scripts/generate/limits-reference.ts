import { DEFAULT_PLANS, type Quotas } from '@rookery/contracts/plans';
import type { Files } from '../generate.ts';

export function limitsReference(): Files {
  const keys = Object.keys(DEFAULT_PLANS[0]!.quotas) as (keyof Quotas)[];
  const row = (name: string, values: (string | number | boolean)[]) =>
    `| ${name} | ${values.map((value) => (typeof value === 'number' ? value.toLocaleString('en-US') : String(value))).join(' | ')} |`;
  const lines = [
    '# Limits per plan',
    '',
    'Made by `npm run generate` from `packages/contracts/src/plans.ts`. An operator replaces the table with `ROOKERY_PLANS=<file>`,',
    'and a single deployment’s numbers with `setDeploymentQuotas`.',
    '',
    row(
      'limit',
      DEFAULT_PLANS.map((plan) => plan.id),
    ),
    row(
      '---',
      DEFAULT_PLANS.map(() => '---'),
    ),
    ...keys.map((key) =>
      row(
        `\`${key}\``,
        DEFAULT_PLANS.map((plan) => plan.quotas[key]),
      ),
    ),
    row(
      '`deploymentsMax`',
      DEFAULT_PLANS.map((plan) => plan.deploymentsMax),
    ),
    row(
      '`plainPort`',
      DEFAULT_PLANS.map((plan) => plan.plainPort),
    ),
    row(
      '`anonymousAllowed`',
      DEFAULT_PLANS.map((plan) => plan.anonymousAllowed),
    ),
    row(
      '`sleepAfterSeconds` of new deployments',
      DEFAULT_PLANS.map((plan) => plan.sleepAfterSeconds ?? 'never'),
    ),
  ];
  return { 'docs/reference/limits.md': `${lines.join('\n')}\n` };
}
