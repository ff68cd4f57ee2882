import { ERROR_CODES } from '@rookery/contracts/error-codes';
import type { Files } from '../generate.ts';

export function errorReference(): Files {
  const rows = Object.entries(ERROR_CODES).map(([code, words]) => `| \`${code}\` | ${words.status} | ${words.title}. | ${words.remedy} |`);
  const lines = [
    '# Error codes',
    '',
    'Made by `npm run generate` from `packages/contracts/src/error-codes.ts`. GraphQL answers with a code in `userErrors` (the',
    'request was understood) or in `extensions.code` (it was not served); HTTP endpoints with problem+json.',
    '',
    '| code | HTTP | what happened | what to do |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
  return { 'docs/reference/error-codes.md': `${lines.join('\n')}\n` };
}
