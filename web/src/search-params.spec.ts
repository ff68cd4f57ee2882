import { expect, it } from 'vitest';
import { parseSearch, printSearch, texts } from './search-params';

it('an address that somebody shares means the same page', () => {
  const search = { q: '12 & "x"', sort: '-clients' };
  expect(parseSearch(printSearch(search))).toEqual(search);
});

it('a number stays the text that was typed', () => expect(printSearch({ q: '007' })).toBe('?q=007'));

it('what is empty or unknown leaves the address', () => {
  expect(texts('q', 'sort')({ q: '', sort: 'name', evil: 'x' })).toEqual({ sort: 'name' });
  expect(printSearch({ q: '' })).toBe('');
});
