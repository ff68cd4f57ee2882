/** The limits of a deployment in words, in the order in which people meet them. */
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { formatBytes, formatPlural } from '../../ui/format';

type Latest = NonNullable<DeploymentDetailFragment['latest']>;

interface Limit {
  quota: Exclude<keyof DeploymentDetailFragment['quotas'], '__typename' | 'credentialsMax' | 'accessRulesMax' | 'sessionExpirySecondsMax'>;
  name: string;
  /** How much of it is used now, where that is known. */
  used?: (latest: Latest) => number | null;
  format?: (value: number | null | undefined) => string;
}

export const LIMITS: readonly Limit[] = [
  { quota: 'clientsMax', name: 'Clients', used: ({ clients }) => clients },
  { quota: 'sessionsMax', name: 'Sessions', used: ({ sessions }) => sessions },
  { quota: 'messagesPerSecondMax', name: 'Messages per second' },
  { quota: 'clientPublishPerSecondMax', name: 'Publishes per second of a client' },
  { quota: 'packetBytesMax', name: 'Largest packet', format: formatBytes },
  { quota: 'subscriptionsPerClientMax', name: 'Subscriptions of a client' },
  { quota: 'topicLevelsMax', name: 'Topic levels' },
  { quota: 'queueLengthMax', name: 'Queue of a session' },
  { quota: 'inflightMax', name: 'In flight of a client' },
  { quota: 'retainedMax', name: 'Retained messages', used: ({ retained }) => retained },
  { quota: 'storeBytesMax', name: 'Store', used: ({ storeBytes }) => storeBytes, format: formatBytes },
];

/** `1 time`, `12 times` */
export function hitsWords(hits: number): string {
  return `met ${formatPlural(hits, 'time')}`;
}
