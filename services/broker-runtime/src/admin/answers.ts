/** Questions about live data, answered from memory. A page begins behind a client id, so that it needs no memory of ours. */
import type { Answer, ClientSnapshot, QuestionAnswer, QuestionKind, SubscriptionSnapshot } from '@rookery/contracts/questions';
import type { Broker } from '../broker.js';
import type { Session } from '../session/session.js';
import { BadRequest, readClientId, readPage } from './read-request.js';

const PROTOCOLS = { 3: '3.1', 4: '3.1.1', 5: '5.0' } as const;

type Given = Record<string, unknown>;

export function answer(broker: Broker, kind: string, given: Given): Answer {
  if (!Object.hasOwn(answers, kind)) return { ok: false, code: 'BAD_REQUEST', message: `there is no question ${kind}` };
  try {
    return { ok: true, value: answers[kind as QuestionKind](broker, given) };
  } catch (error) {
    if (error instanceof BadRequest) return { ok: false, code: 'BAD_REQUEST', message: error.message };
    throw error;
  }
}

const answers: { [K in QuestionKind]: (broker: Broker, given: Given) => QuestionAnswer<K> } = {
  'clients.list': (broker, given) => {
    const { first, after, search } = readPage(given);
    const wanted = containing(search);
    const found = [...broker.state.sessions.values()].filter(({ clientId, username }) => wanted(clientId) || wanted(username ?? ''));
    return page(
      found,
      first,
      after,
      (session) => session.clientId,
      (session) => describeClient(broker, session),
    );
  },
  'clients.get': (broker, given) => {
    const session = broker.state.sessions.get(readClientId(given).clientId);
    return session === undefined ? null : { ...describeClient(broker, session), subscriptionList: describeSubscriptions(session) };
  },
  'clients.faults': (broker, given) => ({ items: [...broker.faults.of(readClientId(given).clientId)] }),
  'clients.disconnect': (broker, given) => ({ disconnected: broker.disconnectClient(readClientId(given).clientId) }),
  'subscriptions.list': (broker, given) => {
    const { first, after, search } = readPage(given);
    const all = [...broker.state.sessions.values()].flatMap(describeSubscriptions);
    const wanted = containing(search);
    const found = all.filter(({ clientId, topicFilter }) => wanted(clientId) || wanted(topicFilter));
    return page(
      found,
      first,
      after,
      ({ clientId, topicFilter }) => `${clientId}\0${topicFilter}`,
      (subscription) => subscription,
    );
  },
};

/** Whether a text contains the words, whatever their case. */
function containing(search: string): (text: string) => boolean {
  const words = search.toLowerCase();
  return (text) => text.toLowerCase().includes(words);
}

/** Items in the order of their keys; the cursor is the key of the last one. */
function page<T, R>(items: T[], first: number, after: string | null, keyOf: (item: T) => string, describe: (item: T) => R) {
  const from = after === null ? '' : Buffer.from(after, 'base64url').toString('utf8');
  const keyed = items.map((item) => ({ item, key: keyOf(item) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const behind = after === null ? keyed : keyed.filter(({ key }) => key > from);
  const shown = behind.slice(0, first);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => describe(item)),
    endCursor: last === undefined ? null : Buffer.from(last.key).toString('base64url'),
    hasNextPage: behind.length > first,
    totalCount: items.length,
  };
}

function describeClient(broker: Broker, session: Session): ClientSnapshot {
  const connection = broker.connectionOf(session.clientId);
  return {
    clientId: session.clientId,
    username: session.username,
    connected: connection !== null,
    protocolVersion: connection === null ? (session.v5 ? '5.0' : '3.1.1') : PROTOCOLS[connection.version],
    transport: connection?.transport.kind ?? 'tcp',
    tlsVersion: connection?.transport.tlsVersion ?? null,
    remoteAddress: connection?.transport.remoteAddress ?? null,
    connectedAt: timeOf(connection?.connectedAt ?? 0),
    disconnectedAt: timeOf(session.disconnectedAt),
    cleanStart: connection?.cleanStart ?? false,
    keepAliveSeconds: connection?.keepAliveSeconds ?? 0,
    sessionExpirySeconds: session.expirySeconds,
    subscriptions: session.subscriptions.size,
    inflight: session.inflight.size,
    queueLength: session.queueLength,
    messagesReceived: session.messagesReceived,
    messagesSent: session.messagesSent,
    messagesDropped: session.messagesDropped,
    messagesSentPerSecond: broker.sendRates.of(session.clientId),
  };
}

function describeSubscriptions({ clientId, subscriptions }: Session): SubscriptionSnapshot[] {
  return [...subscriptions.values()].map(({ text, options }) => ({
    clientId,
    topicFilter: text,
    qos: options.qos,
    noLocal: options.noLocal,
    retainAsPublished: options.retainAsPublished,
    retainHandling: options.retainHandling,
  }));
}

function timeOf(milliseconds: number): string | null {
  return milliseconds === 0 ? null : new Date(milliseconds).toISOString();
}
