/** A whole api on a database of its own, and the people and machines that talk to it. */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestDatabase, type TestDatabase } from '@rookery/db/test-support/test-database';
import { createLogger } from '@rookery/service-kit/log';
import pg from 'pg';
import { type Config, completeConfig, configSchema } from '../config.js';
import { type Api, createApi } from '../server/create-api.js';
import { postJson } from './private-calls.js';

export interface TestApi {
  url: string;
  privateSocket: string;
  /** Of the door for machines, where `API_MACHINES_LISTEN` was given. */
  machinesPort: number | null;
  database: TestDatabase;
  /** As the owner, past row-level security: for what no api call can bring about. */
  sql<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  /** Another api on the same database. */
  another(overrides?: Record<string, string>): Promise<{ url: string; privateSocket: string; machinesPort: number | null }>;
  close(): Promise<void>;
}

export async function startTestApi(overrides: Record<string, string> = {}): Promise<TestApi> {
  const database = await startTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'rk-api-'));
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 4 });
  owner.on('error', () => {});
  const apis: Api[] = [];
  const start = async (more: Record<string, string>) => {
    const privateSocket = join(folder, `${apis.length}.sock`);
    const api = await createApi(testConfig(database, privateSocket, more), createLogger('api', 'silent'));
    apis.push(api);
    return { url: `http://localhost:${api.port}`, privateSocket, machinesPort: api.machinesPort };
  };
  const first = await start(overrides);
  return {
    ...first,
    database,
    sql: async <T extends object>(text: string, values: unknown[] = []) => (await owner.query<T>(text, values)).rows,
    another: (more = {}) => start({ ...overrides, ...more }),
    close: async () => {
      for (const api of apis) await api.close();
      await owner.end();
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function testConfig(database: TestDatabase, privateSocket: string, overrides: Record<string, string>): Config {
  const given = {
    API_DATABASE_URL: database.apiUrl,
    JOBS_DATABASE_URL: database.jobsUrl,
    ROOKERY_PORT: '0',
    API_PRIVATE_LISTEN: privateSocket,
    KEK: Buffer.alloc(32, 7).toString('base64'),
    SESSION_SECRET: 'a secret for tests only',
    ...overrides,
  };
  return completeConfig(configSchema.parse(given));
}

export interface Answer<T = Record<string, any>> {
  data: T | null;
  errors?: { message: string; path?: string[]; extensions: { code: string } & Record<string, unknown> }[];
  extensions?: Record<string, unknown>;
}

/** Somebody with an account and an API key. */
export interface Tenant {
  personId: string;
  organizationId: string;
  projectId: string;
  apiKey: string;
  cookie: string;
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  /** Runs one mutation with the given selection and returns its payload. */
  mutate(name: string, input: Record<string, unknown>, selection: string): Promise<Record<string, any>>;
}

let people = 0;

/** Signs up through the public door. The first one of an api is operator. */
export async function signUp(url: string, name = `person${++people}`): Promise<Tenant> {
  const response = await fetch(`${url}/auth/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `${name}@example.com`, password: 'correct horse battery', name }),
  });
  if (response.status !== 201) throw new Error(`sign-up answered ${response.status}: ${await response.text()}`);
  const { personId, organizationId, projectId } = (await response.json()) as Record<string, string>;
  const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!;
  const made = await graphql(url, { cookie }, 'mutation { createApiKey(input: {name: "test"}) { secret } }');
  const apiKey = made.data!['createApiKey'].secret as string;
  const ask: Tenant['ask'] = (query, variables) => graphql(url, { authorization: `Bearer ${apiKey}` }, query, variables);
  const mutate: Tenant['mutate'] = async (mutation, input, selection) => {
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
    const answer = await ask(
      `mutation($input: ${type}) { ${mutation}(input: $input) { ${selection} userErrors { code message path details } } }`,
      { input },
    );
    if (answer.errors) throw new Error(JSON.stringify(answer.errors));
    return answer.data![mutation] as Record<string, any>;
  };
  return { personId: personId!, organizationId: organizationId!, projectId: projectId!, apiKey, cookie, ask, mutate };
}

export async function graphql(
  url: string,
  headers: Record<string, string>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

export interface TestMachine {
  machineId: string;
}

/** A machine that has joined: what region `local` needs to exist. */
export async function joinMachine(privateSocket: string, name = 'machine'): Promise<TestMachine> {
  const request = { machineId: null, name, region: 'local', cell: 'local-1', isolation: 'unshare', host: 'localhost', domain: null };
  const answer = await postJson(privateSocket, '/agent/join', {
    ...request,
    mqttPorts: { first: 20_000, last: 20_999 },
    sharedPorts: null,
  });
  return { machineId: (answer.body as TestMachine).machineId };
}
