/** What an operator runs on a machine that shall join. Pure. */
import type { JoinToken } from './join-tokens.model.js';

/** `doorUrl`: null where this installation has no door for machines, so that the reader must fill it in. */
export function joinCommand(doorUrl: string | null, { regionId, cell }: Pick<JoinToken, 'regionId' | 'cell'>, token: string): string {
  return `rookery-machine join --url ${doorUrl ?? 'https://HOST:PORT'} --region ${regionId} --cell ${cell} --token ${token}`;
}
