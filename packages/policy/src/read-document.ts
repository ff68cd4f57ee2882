/**
 * A policy document, checked without a schema library: a runtime is small, and there may be thousands on a machine.
 * It accepts what `policyDocumentSchema` of the contracts accepts and fills in the same defaults; a test holds the two
 * together.
 */
import { LOCAL_QUOTAS, UNLIMITED_QUEUE_WORDS } from '@rookery/contracts/local-quotas';
import type { AccessRulePolicy, CredentialPolicy, PolicyDocument, TopicPriority } from '@rookery/contracts/policy-document';

type Fields = Record<string, unknown>;

/** Largest value of each quota; 0 is the smallest of `sessionExpirySecondsMax`, 1 that of the others. */
const QUOTA_MAX: Partial<Record<keyof typeof LOCAL_QUOTAS, number>> = {
  packetBytesMax: 268_435_460,
  topicLevelsMax: 100,
  inflightMax: 65_535,
  sessionExpirySecondsMax: 4_294_967_295,
};
const PEPPER = /^[A-Za-z0-9_-]{43}$/;
const SECRET_HASH = /^hmac-sha256:[A-Za-z0-9_-]{43}$/;

export type ReadResult = { ok: true; document: PolicyDocument } | { ok: false; faults: string[] };

/** The default document: nobody may come in. */
export function emptyDocument(): PolicyDocument {
  return {
    revision: 0,
    defaultAccess: 'allow',
    allowAnonymous: false,
    credentials: [],
    accessRules: [],
    quotas: { ...LOCAL_QUOTAS },
    connack: {},
    queues: { dropPolicy: 'oldest', storeQos0: false, topicPriorities: [] },
    sharedSubscriptions: { strategy: 'round-robin' },
  };
}

/** Every fault is named with its place. */
export function readPolicyDocument(input: unknown): ReadResult {
  const reader = new Reader();
  const fields = reader.object(input, '(document)');
  const base = emptyDocument();
  const pepper = reader.text(fields, 'pepper', { pattern: PEPPER });
  const document: PolicyDocument = {
    revision: reader.integer(fields, 'revision', 0) ?? base.revision,
    defaultAccess: reader.oneOf(fields, 'defaultAccess', ['allow', 'deny'] as const) ?? base.defaultAccess,
    allowAnonymous: reader.flag(fields, 'allowAnonymous') ?? base.allowAnonymous,
    ...(pepper !== undefined && { pepper }),
    credentials: reader.list(fields, 'credentials', (item, path) => readCredential(reader, item, path)),
    accessRules: reader.list(fields, 'accessRules', (item, path) => readRule(reader, item, path)),
    quotas: readQuotas(reader, fields),
    connack: readConnack(reader, fields),
    queues: readQueues(reader, fields) ?? base.queues,
    sharedSubscriptions: readShared(reader, fields) ?? base.sharedSubscriptions,
  };
  return reader.faults.length === 0 ? { ok: true, document } : { ok: false, faults: reader.faults };
}

function readCredential(reader: Reader, item: unknown, path: string): CredentialPolicy {
  const fields = reader.object(item, path);
  const username = reader.required(reader.text(fields, 'username', { path, min: 1, max: 256 }), `${path}.username`) ?? '';
  const secretHash = reader.text(fields, 'secretHash', { path, pattern: SECRET_HASH });
  const password = reader.text(fields, 'password', { path, max: 65_535 });
  if ((fields.secretHash === undefined) === (fields.password === undefined))
    reader.fault(path, 'give exactly one of secretHash and password');
  return { username, ...(secretHash !== undefined && { secretHash }), ...(password !== undefined && { password }) };
}

function readRule(reader: Reader, item: unknown, path: string): AccessRulePolicy {
  const fields = reader.object(item, path);
  const id = reader.text(fields, 'id', { path });
  const effect = reader.required(reader.oneOf(fields, 'effect', ['allow', 'deny'] as const, path), `${path}.effect`) ?? 'deny';
  const action = reader.required(reader.oneOf(fields, 'action', ['publish', 'subscribe', 'all'] as const, path), `${path}.action`) ?? 'all';
  const topic = reader.required(reader.text(fields, 'topic', { path, min: 1, max: 65_535 }), `${path}.topic`) ?? '';
  return { ...(id !== undefined && { id }), effect, action, topic, subject: readSubject(reader, fields.subject, `${path}.subject`) };
}

function readSubject(reader: Reader, subject: unknown, path: string): AccessRulePolicy['subject'] {
  if (subject === undefined || subject === 'all' || subject === '*') return {};
  const fields = reader.object(subject, path);
  for (const key of Object.keys(fields))
    if (key !== 'username' && key !== 'clientId') reader.fault(path, `${key} is unknown; use username, clientId or "all"`);
  const username = reader.text(fields, 'username', { path, min: 1 });
  const clientId = reader.text(fields, 'clientId', { path, min: 1 });
  return { ...(username !== undefined && { username }), ...(clientId !== undefined && { clientId }) };
}

function readQuotas(reader: Reader, document: Fields): PolicyDocument['quotas'] {
  const quotas = { ...LOCAL_QUOTAS };
  if (document.quotas === undefined) return quotas;
  const fields = reader.object(document.quotas, 'quotas');
  for (const key of Object.keys(LOCAL_QUOTAS) as (keyof typeof LOCAL_QUOTAS)[]) {
    if (key === 'queueLengthMax' && fields[key] === 0) {
      reader.fault('quotas.queueLengthMax', UNLIMITED_QUEUE_WORDS);
      continue;
    }
    const value = reader.integer(fields, key, key === 'sessionExpirySecondsMax' ? 0 : 1, QUOTA_MAX[key], 'quotas');
    if (value !== undefined) quotas[key] = value;
  }
  return quotas;
}

function readConnack(reader: Reader, document: Fields): PolicyDocument['connack'] {
  if (document.connack === undefined) return {};
  const fields = reader.object(document.connack, 'connack');
  const connack: PolicyDocument['connack'] = {};
  for (const key of ['keepAliveSecondsMax', 'receiveMaximum', 'topicAliasMaximum'] as const) {
    const value = reader.integer(fields, key, key === 'topicAliasMaximum' ? 0 : 1, 65_535, 'connack');
    if (value !== undefined) connack[key] = value;
  }
  const responseInformation = reader.text(fields, 'responseInformation', { path: 'connack', min: 1, max: 1_024 });
  return { ...connack, ...(responseInformation !== undefined && { responseInformation }) };
}

function readQueues(reader: Reader, document: Fields): PolicyDocument['queues'] | undefined {
  if (document.queues === undefined) return undefined;
  const fields = reader.object(document.queues, 'queues');
  const waitSecondsMax = reader.integer(fields, 'waitSecondsMax', 1, 4_294_967_295, 'queues');
  return {
    dropPolicy: reader.oneOf(fields, 'dropPolicy', ['oldest', 'refuse'] as const, 'queues') ?? 'oldest',
    storeQos0: reader.flag(fields, 'storeQos0', 'queues') ?? false,
    ...(waitSecondsMax !== undefined && { waitSecondsMax }),
    topicPriorities: reader.list(fields, 'topicPriorities', (item, path) => readPriority(reader, item, path), 'queues'),
  };
}

function readPriority(reader: Reader, item: unknown, path: string): TopicPriority {
  const fields = reader.object(item, path);
  const topic = reader.required(reader.text(fields, 'topic', { path, min: 1, max: 65_535 }), `${path}.topic`) ?? '';
  return { topic, priority: reader.required(reader.integer(fields, 'priority', 0, 255, path), `${path}.priority`) ?? 0 };
}

function readShared(reader: Reader, document: Fields): PolicyDocument['sharedSubscriptions'] | undefined {
  if (document.sharedSubscriptions === undefined) return undefined;
  const path = 'sharedSubscriptions';
  const fields = reader.object(document.sharedSubscriptions, path);
  return { strategy: reader.oneOf(fields, 'strategy', ['round-robin', 'sticky'] as const, path) ?? 'round-robin' };
}

interface TextRules {
  path?: string;
  min?: number;
  max?: number;
  pattern?: RegExp;
}

/** Reads fields and gathers what is wrong with them; what is missing comes back as undefined. */
class Reader {
  readonly faults: string[] = [];

  fault(path: string, message: string): void {
    this.faults.push(`${path}: ${message}`);
  }

  required<T>(value: T | undefined, path: string): T | undefined {
    if (value === undefined && !this.faults.some((fault) => fault.startsWith(`${path}:`))) this.fault(path, 'is missing');
    return value;
  }

  object(value: unknown, path: string): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    this.fault(path, 'must be an object');
    return {};
  }

  list<T>(fields: Fields, key: string, read: (item: unknown, path: string) => T, path = ''): T[] {
    const value = fields[key];
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.map((item, i) => read(item, `${join(path, key)}.${i}`));
    this.fault(join(path, key), 'must be a list');
    return [];
  }

  flag(fields: Fields, key: string, path = ''): boolean | undefined {
    const value = fields[key];
    if (value === undefined || typeof value === 'boolean') return value;
    this.fault(join(path, key), 'must be true or false');
    return undefined;
  }

  oneOf<T extends string>(fields: Fields, key: string, words: readonly T[], path = ''): T | undefined {
    const value = fields[key];
    if (value === undefined || words.includes(value as T)) return value as T | undefined;
    this.fault(join(path, key), `must be one of ${words.join(', ')}`);
    return undefined;
  }

  text(fields: Fields, key: string, { path = '', min = 0, max = Number.MAX_SAFE_INTEGER, pattern }: TextRules): string | undefined {
    const value = fields[key];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && value.length >= min && value.length <= max && (pattern === undefined || pattern.test(value)))
      return value;
    this.fault(join(path, key), pattern === undefined ? `must be text of ${min} to ${max} characters` : `must look like ${pattern.source}`);
    return undefined;
  }

  integer(fields: Fields, key: string, min: number, max = Number.MAX_SAFE_INTEGER, path = ''): number | undefined {
    const value = fields[key];
    if (value === undefined) return undefined;
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
    this.fault(join(path, key), `must be a whole number from ${min} to ${max}`);
    return undefined;
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
