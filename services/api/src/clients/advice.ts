/** What a client's numbers say about how it is built. */
import type { ClientSnapshot } from '@rookery/contracts/questions';

/** Beyond this one subscriber is better served as a group that shares the messages. */
const RECEIVE_PER_SECOND_ADVISED = 1_500;

export interface Advice {
  code: 'RECEIVE_RATE_HIGH';
  message: string;
}

export function adviceFor({ messagesSentPerSecond }: Pick<ClientSnapshot, 'messagesSentPerSecond'>): Advice[] {
  if (messagesSentPerSecond <= RECEIVE_PER_SECOND_ADVISED) return [];
  return [
    {
      code: 'RECEIVE_RATE_HIGH',
      message: `It receives more than ${RECEIVE_PER_SECOND_ADVISED.toLocaleString('en-US')} messages a second. Use a shared subscription ($share/group/filter), so that several clients share the messages.`,
    },
  ];
}
