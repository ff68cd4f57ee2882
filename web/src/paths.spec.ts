import { describe, expect, it } from 'vitest';
import { paths, safeNext } from './paths';

describe('paths', () => {
  it('escapes client ids, which may hold any character', () => {
    expect(paths.client('dep_1', 'a/b?c#d é')).toBe('/d/dep_1/clients/a%2Fb%3Fc%23d%20%C3%A9');
  });

  it('leaves out what is not chosen', () => {
    expect(paths.connect('dep_1')).toBe('/d/dep_1/connect');
    expect(paths.connect('dep_1', { client: 'paho' })).toBe('/d/dep_1/connect?client=paho');
  });
});

describe('safeNext', () => {
  it('goes back to a page of the console', () => expect(safeNext('/d/dep_1/clients?q=a')).toBe('/d/dep_1/clients?q=a'));
  it.each(['https://evil.example', '//evil.example', '/\\evil.example', '', undefined])('never leaves the console for %s', (next) =>
    expect(safeNext(next)).toBe('/'),
  );
});
