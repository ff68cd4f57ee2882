import type { NoticesQuery as Notices } from '../../gql/graphql';

export type Notice = Notices['notices']['nodes'][number];

/** What will happen, and what keeps it from happening. */
export function noticeWords({ kind }: Pick<Notice, 'kind'>): { what: string; cure: string } {
  switch (kind) {
    case 'IDLE_STOP':
      return { what: 'is stopped, because nobody uses it', cure: 'A client that connects or deletion protection keeps it running.' };
    case 'IDLE_DELETE':
      return { what: 'is deleted with its data, because nobody has started it again', cure: 'Start it, or turn deletion protection on.' };
    case 'EXPIRY':
      return { what: 'expires and is deleted with its data', cure: 'Change its expiry, or turn deletion protection on.' };
  }
}
