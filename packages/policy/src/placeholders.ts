/**
 * `{clientId}` and `{username}` as whole levels of a rule's topic. A value with a wildcard or a level separator in it
 * would change what the rule means, so it is never inserted: a rule that allows is then void, one that denies covers
 * every value. The same holds for a user name that is missing.
 */
export interface Principal {
  clientId: string;
  username: string | null;
}

const NAMES = { '{clientId}': 'clientId', '{username}': 'username' } as const;

export function hasPlaceholder(levels: readonly string[]): boolean {
  return levels.some((level) => Object.hasOwn(NAMES, level));
}

/** The levels with their values; null when the rule is void for this principal. */
export function fill(levels: readonly string[], principal: Principal, effect: 'allow' | 'deny'): string[] | null {
  const filled: string[] = [];
  for (const level of levels) {
    if (!Object.hasOwn(NAMES, level)) {
      filled.push(level);
      continue;
    }
    const value = principal[NAMES[level as keyof typeof NAMES]];
    if (value !== null && value !== '' && !/[+#/\0]/.test(value)) filled.push(value);
    else if (effect === 'deny') filled.push('+');
    else return null;
  }
  return filled;
}
