import { ApiError, fromProblem, NETWORK } from './api-error';

export interface SignUp {
  email: string;
  password: string;
  name: string;
  /** From the operator's set-up link; works once, also where sign-up is closed. */
  setup?: string | undefined;
}

async function post(path: string, body: unknown): Promise<void> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiError(NETWORK, 'The api cannot be reached. Nothing was sent; try again.');
  }
  if (!response.ok) throw fromProblem(response.status, await response.json().catch(() => undefined));
}

export const signUp = (input: SignUp): Promise<void> => post('/auth/sign-up', input);
export const logIn = (input: { email: string; password: string }): Promise<void> => post('/auth/log-in', input);
export const logOut = (): Promise<void> => post('/auth/log-out', {});
