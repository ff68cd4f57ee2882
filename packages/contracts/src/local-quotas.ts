/** Quotas of the LOCAL plan: safety bounds only. On their own, so that a runtime needs no schema to know them. */
const GIB = 1024 ** 3;

/** Why `queueLengthMax: 0`, which other brokers read as "no limit", is refused. */
export const UNLIMITED_QUEUE_WORDS =
  'must be at least 1: without a bound one client that stays away would fill the memory of everybody; give a number such as 1000';

export const LOCAL_QUOTAS = {
  clientsMax: 10_000,
  sessionsMax: 20_000,
  messagesPerSecondMax: 10_000_000,
  clientPublishPerSecondMax: 1_000_000,
  packetBytesMax: 16 * 1024 * 1024,
  subscriptionsPerClientMax: 1_000,
  topicLevelsMax: 32,
  queueLengthMax: 1_000,
  inflightMax: 100,
  sessionExpirySecondsMax: 7 * 86_400,
  credentialsMax: 20_000,
  accessRulesMax: 20_000,
  retainedMax: 100_000,
  storeBytesMax: 10 * GIB,
};
