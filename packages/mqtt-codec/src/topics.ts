/** Topic names, topic filters and shared subscriptions (MQTT 5.0 §4.7, §4.8). */

/** At least one character [MQTT-4.7.3-1], no wildcard [MQTT-3.3.2-2], no U+0000 [MQTT-4.7.3-2], at most 65,535 bytes [MQTT-4.7.3-3]. */
export function isTopicName(topic: string): boolean {
  return topic !== '' && !/[+#\0]/.test(topic) && fits(topic);
}

/** `#` only alone at the end [MQTT-4.7.1-1], `+` only as a whole level [MQTT-4.7.1-2]. */
export function isTopicFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\0') || !fits(filter)) return false;
  if (!hasWildcard(filter)) return true;
  const levels = filter.split('/');
  return levels.every((level, i) => {
    if (level.includes('#')) return level === '#' && i === levels.length - 1;
    return !level.includes('+') || level === '+';
  });
}

export interface ParsedFilter {
  /** Share name; null for an ordinary subscription. `$queue/…` is the share `$queue`. */
  share: string | null;
  filter: string;
}

/** Splits `$share/{name}/{filter}`; null where the syntax is broken [MQTT-4.8.2-1] [MQTT-4.8.2-2]. */
export function parseFilter(text: string): ParsedFilter | null {
  if (text === '$share' || text === '$queue') return null;
  if (text.startsWith('$queue/')) return checked('$queue', text.slice('$queue/'.length));
  if (!text.startsWith('$share/')) return checked(null, text);
  const slash = text.indexOf('/', '$share/'.length);
  const share = text.slice('$share/'.length, slash);
  if (slash === -1 || share === '' || hasWildcard(share)) return null;
  return checked(share, text.slice(slash + 1));
}

export function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.includes('#');
}

export function countLevels(topic: string): number {
  let levels = 1;
  for (let i = topic.indexOf('/'); i !== -1; i = topic.indexOf('/', i + 1)) levels++;
  return levels;
}

/** Whether a topic name matches a filter; wildcards at the first level do not reach `$` topics [MQTT-4.7.2-1]. */
export function topicMatches(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
  const wanted = filter.split('/');
  const given = topic.split('/');
  for (const [i, level] of wanted.entries()) {
    if (level === '#') return true;
    if (i >= given.length || (level !== '+' && level !== given[i])) return false;
    // `a/#` also matches `a` (§4.7.1.2).
    if (i === given.length - 1 && wanted.length === i + 2 && wanted[i + 1] === '#') return true;
  }
  return wanted.length === given.length;
}

function checked(share: string | null, filter: string): ParsedFilter | null {
  return isTopicFilter(filter) ? { share, filter } : null;
}

function fits(text: string): boolean {
  return text.length <= 21_845 || Buffer.byteLength(text) <= 65_535;
}
