/** A GraphQL enum from a list of the contracts, so that no word is written twice. */
export function enumOf<const T extends string>(words: readonly T[]): { [K in T]: K } {
  return Object.fromEntries(words.map((word) => [word, word])) as { [K in T]: K };
}
