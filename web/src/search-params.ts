/** What a page keeps in its URL, as optional texts: `?q=green&sort=-clients`. */
type Texts<K extends string> = Partial<Record<K, string>>;

/** A `validateSearch` for routes: takes the named keys as texts, drops what is empty and what no page asked for. */
export function texts<const K extends string>(...keys: readonly K[]): (search: Record<string, unknown>) => Texts<K> {
  return (search) => {
    const taken: Texts<K> = {};
    for (const key of keys) {
      const value = search[key];
      if (typeof value === 'string' && value !== '') taken[key] = value;
    }
    return taken;
  };
}

/** The router would write texts as JSON (`?q="12"`); people share these addresses, so they are plain. */
export function parseSearch(text: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function printSearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) if (typeof value === 'string' && value !== '') query.set(key, value);
  const text = query.toString();
  return text ? `?${text}` : '';
}
