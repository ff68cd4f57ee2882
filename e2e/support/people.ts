/** People who sign up like anybody, and get an API key for scripts. */
import { randomBytes } from 'node:crypto';
import { Api } from './api.ts';

/** A new person with an organization of their own; resolves to their API. */
export async function signUp(consoleUrl: string): Promise<Api> {
  const { cookie } = await signUpForCookie(consoleUrl);
  const session = new Api(`${consoleUrl}/graphql`, null, cookie);
  const { secret } = await session.mutate('createApiKey', 'secret', { name: 'story' });
  return new Api(`${consoleUrl}/graphql`, secret);
}

async function signUpForCookie(consoleUrl: string): Promise<{ email: string; password: string; cookie: string }> {
  const email = `person-${randomBytes(6).toString('hex')}@example.test`;
  const password = randomBytes(12).toString('base64url');
  const response = await fetch(`${consoleUrl}/auth/sign-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: consoleUrl },
    body: JSON.stringify({ email, password, name: 'A person' }),
  });
  if (!response.ok) throw new Error(`sign-up answered ${response.status}: ${await response.text()}`);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { email, password, cookie };
}
