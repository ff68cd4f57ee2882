/** The first start on a laptop: an operator, a deployment and a credential, made through the public API like anybody's. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { Home } from './home.ts';
import { writeDurably } from '@rookery/service-kit/files';

export interface FirstLogin {
  version: 1;
  email: string;
  password: string;
  apiKey: string;
  organizationId: string;
  projectId: string;
  deploymentId: string;
  /** The credential of the printed mosquitto_pub line. */
  mqtt: { username: string; password: string };
}

const EMAIL = 'operator@rookery.local';
const PARTIAL = 'first-login.partial.json';

export function readFirstLogin(home: Home): FirstLogin | null {
  const file = home.file('first-login.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as FirstLogin) : null;
}

/**
 * Makes the first person and deployment and writes `first-login.json`. A run that was cut short goes on where it
 * stopped: what was made already is read from `first-login.partial.json`, and every create is idempotent.
 */
export async function makeFirstLogin(home: Home, privateApi: string, graphqlUrl: string): Promise<FirstLogin | null> {
  const partialFile = home.file(PARTIAL);
  let person = existsSync(partialFile) ? (JSON.parse(readFileSync(partialFile, 'utf8')) as Person) : null;
  if (person === null) {
    const login = { email: EMAIL, password: randomBytes(12).toString('base64url'), name: 'Operator' };
    const answer = await post(privateApi, '/internal/bootstrap', login);
    if (answer.status === 409) return null;
    if (answer.status !== 201) throw new Error(`the first person could not be made: ${answer.body}`);
    person = { email: login.email, password: login.password, ...(JSON.parse(answer.body) as Omit<Person, 'email' | 'password'>) };
    writeDurably(partialFile, JSON.stringify(person));
  }
  const created = await mutate(
    graphqlUrl,
    person.apiKey,
    'createDeployment',
    '{ deployment { id } operation { id } userErrors { code message } }',
    {
      name: 'first',
      projectId: person.projectId,
      idempotencyKey: 'first-deployment',
    },
  );
  const deploymentId = (created.deployment as { id: string }).id;
  await waitForOperation(graphqlUrl, person.apiKey, (created.operation as { id: string }).id);
  const credential = await mutate(
    graphqlUrl,
    person.apiKey,
    'createCredential',
    '{ credential { username } secret userErrors { code message } }',
    {
      deploymentId,
      username: 'first-device',
      idempotencyKey: 'first-credential',
    },
  );
  const login: FirstLogin = {
    version: 1,
    email: person.email,
    password: person.password,
    apiKey: person.apiKey,
    organizationId: person.organizationId,
    projectId: person.projectId,
    deploymentId,
    mqtt: { username: 'first-device', password: credential.secret as string },
  };
  writeDurably(home.file('first-login.json'), `${JSON.stringify(login, null, 2)}\n`);
  forgetPartialLogin(home);
  return login;
}

/** It holds a password and an API key: with `first-login.json` on disk, one such file is enough. */
export function forgetPartialLogin(home: Home): void {
  rmSync(home.file(PARTIAL), { force: true });
}

/** The path of a one-use link with which the first person of a public installation signs up. */
export async function makeSetupLink(privateApi: string): Promise<string | null> {
  const answer = await post(privateApi, '/internal/setup-links', {});
  return answer.status === 201 ? `/sign-up?setup=${(JSON.parse(answer.body) as { token: string }).token}` : null;
}

interface Person {
  email: string;
  password: string;
  personId: string;
  organizationId: string;
  projectId: string;
  apiKey: string;
}

async function waitForOperation(graphqlUrl: string, apiKey: string, id: string): Promise<void> {
  const query = 'query ($id: ID!) { operation(id: $id, waitSeconds: 30) { state errorCode errorMessage } }';
  const data = await graphql(graphqlUrl, apiKey, query, { id });
  const operation = data.operation as { state: string; errorCode: string | null; errorMessage: string | null };
  if (operation.state !== 'SUCCEEDED')
    throw new Error(`the first deployment did not start: ${operation.errorCode ?? operation.state} ${operation.errorMessage ?? ''}`);
}

async function mutate(
  graphqlUrl: string,
  apiKey: string,
  name: string,
  selection: string,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const data = await graphql(graphqlUrl, apiKey, `mutation ($input: ${type}!) { ${name}(input: $input) ${selection} }`, { input });
  const payload = data[name] as Record<string, unknown> & { userErrors: { code: string; message: string }[] };
  const [problem] = payload.userErrors;
  if (problem !== undefined) throw new Error(`${name}: ${problem.code} ${problem.message}`);
  return payload;
}

export async function graphql(
  url: string,
  apiKey: string,
  query: string,
  variables: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as { data?: Record<string, unknown>; errors?: { message: string }[] };
  if (answer.errors !== undefined || answer.data === undefined) throw new Error(answer.errors?.[0]?.message ?? `HTTP ${response.status}`);
  return answer.data;
}

function post(socket: string, path: string, body: unknown): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: socket, path, method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 500, body: text }));
    });
    outgoing.once('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
