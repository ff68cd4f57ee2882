/** What an operator pastes on a machine: its settings and its token are written down. False: the words are not understood. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { readToken } from '@rookery/contracts/machine-door';
import { writeDurably } from '@rookery/service-kit/files';
import { PLACES } from './places.js';
import { settingsText } from './secret.js';

export function joinByHand(words: string[]): boolean {
  const given = optionsOf(words);
  if (given === null || readToken(given.token) === null) return false;
  const { url, region, cell, token, domain, host } = given;
  writeDurably(
    PLACES.settingsFile,
    settingsText({
      API_MACHINES_URL: url,
      ROOKERY_REGION: region,
      ROOKERY_CELL: cell,
      MACHINE_NAME: hostname(),
      MACHINE_HOST: host ?? hostname(),
      ...(domain === undefined ? {} : { ROOKERY_DOMAIN: domain }),
    }),
  );
  writeDurably(PLACES.tokenFile, token);
  return true;
}

function optionsOf(words: string[]) {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ args: words, options: { url: text, region: text, cell: text, token: text, domain: text, host: text } });
    const { url, region, cell, token } = values;
    return url === undefined || region === undefined || cell === undefined || token === undefined
      ? null
      : { ...values, url, region, cell, token };
  } catch {
    return null;
  }
}
