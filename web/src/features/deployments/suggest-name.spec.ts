import { expect, it } from 'vitest';
import { suggestName, toSlug } from './suggest-name';

it('suggests a name that is a slug already', () => {
  expect(suggestName(() => 0)).toBe('amber-crane-10');
  expect(suggestName(() => 0.999)).toBe('wide-wren-99');
});

it.each([
  ['Greenhouse North', 'greenhouse-north'],
  ['  Café №7! ', 'cafe-no7'],
  ['---', ''],
])('toSlug(%s)', (name, slug) => expect(toSlug(name)).toBe(slug));
