import { describe, expect, it } from 'vitest';
import { fromGraphQLErrors, fromProblem } from './api-error';

describe('fromProblem', () => {
  it('names the field, so that the form can show the words beside it', () => {
    const error = fromProblem(409, {
      code: 'EMAIL_TAKEN',
      title: 'Taken',
      errors: [{ code: 'EMAIL_TAKEN', message: 'Has an account.', path: ['email'] }],
    });
    expect([error.code, error.message, error.path]).toEqual(['EMAIL_TAKEN', 'Has an account.', ['email']]);
  });

  it.each([
    [502, 'UNAVAILABLE'],
    [429, 'RATE_LIMITED'],
    [500, 'INTERNAL'],
  ])('a %s that is no problem document is still told', (status, code) => expect(fromProblem(status, '<html>').code).toBe(code));
});

it('an ended session wins over the other errors of an answer', () => {
  const error = fromGraphQLErrors([
    { message: 'x', extensions: { code: 'NOT_FOUND' } },
    { message: 'y', extensions: { code: 'UNAUTHENTICATED' } },
  ]);
  expect(error.code).toBe('UNAUTHENTICATED');
});
