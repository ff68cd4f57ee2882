import { expect, it } from 'vitest';
import { type Entry, findEntries } from './entries';

const entry = (label: string, hint?: string): Entry => ({ id: label, group: 'Pages', label, href: '/', ...(hint ? { hint } : {}) });
const entries = [entry('Create credential'), entry('Credentials', 'greenhouse'), entry('Clients', 'greenhouse')];
const labels = (query: string) => findEntries(entries, query).map(({ label }) => label);

it('shows everything for an empty query', () => expect(labels('')).toHaveLength(3));
it('puts what begins with the query first', () => expect(labels('cred')).toEqual(['Credentials', 'Create credential']));
it('looks in the hint too, word by word', () => expect(labels('green cli')).toEqual(['Clients']));
