/** One line of the search: a page, a deployment or an action, and where it leads. */
export interface Entry {
  id: string;
  group: 'Deployments' | 'Pages' | 'Actions';
  label: string;
  hint?: string;
  href: string;
}

/** Entries that hold every word of the query, those that begin with it first. */
export function findEntries(entries: readonly Entry[], query: string): Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (entry: Entry) => `${entry.label} ${entry.hint ?? ''}`.toLowerCase();
  const rank = (entry: Entry) => (entry.label.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return entries.filter((entry) => words.every((word) => text(entry).includes(word))).sort((a, b) => rank(a) - rank(b));
}
