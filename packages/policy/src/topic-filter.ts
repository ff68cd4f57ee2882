/**
 * Sets of topics, as filters describe them. A subscription is allowed by what its filter can match, never by what the
 * filter looks like: `contains` for rules that allow, `overlaps` for rules that deny.
 */

/** Whether `filter` matches the topic name. Wildcards at the first level do not reach `$` topics [MQTT-4.7.2-1]. */
export function matches(filter: readonly string[], topic: readonly string[]): boolean {
  return contains(filter, topic);
}

/** Whether every topic that `inner` matches is matched by `outer`. May say no where the answer is a hard yes, never the reverse. */
export function contains(outer: readonly string[], inner: readonly string[]): boolean {
  if (isWildcard(outer[0]) && inner[0]!.startsWith('$')) return false;
  for (let i = 0; ; i++) {
    const wide = outer[i];
    if (wide === '#') return true;
    const narrow = inner[i];
    if (wide === undefined || narrow === undefined) return wide === narrow || (narrow === undefined && isParentOf(outer, i));
    if (narrow === '#' || (wide !== '+' && wide !== narrow)) return false;
  }
}

/** Whether some topic is matched by both. */
export function overlaps(a: readonly string[], b: readonly string[]): boolean {
  if ((isWildcard(a[0]) && b[0]!.startsWith('$')) || (isWildcard(b[0]) && a[0]!.startsWith('$'))) return false;
  for (let i = 0; ; i++) {
    const left = a[i];
    const right = b[i];
    if (left === '#' || right === '#') return true;
    if (left === undefined || right === undefined) return left === right || (left === undefined ? isParentOf(b, i) : isParentOf(a, i));
    if (left !== right && left !== '+' && right !== '+') return false;
  }
}

function isWildcard(level: string | undefined): boolean {
  return level === '+' || level === '#';
}

/** `a/#` matches `a` too (§4.7.1.2). */
function isParentOf(filter: readonly string[], levels: number): boolean {
  return filter.length === levels + 1 && filter[levels] === '#';
}
