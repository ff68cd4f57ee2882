const FIRST = [
  'amber',
  'bright',
  'calm',
  'early',
  'gentle',
  'high',
  'keen',
  'misty',
  'north',
  'quiet',
  'silver',
  'steady',
  'swift',
  'wide',
];
const SECOND = [
  'crane',
  'finch',
  'heron',
  'jay',
  'kestrel',
  'lark',
  'martin',
  'osprey',
  'plover',
  'raven',
  'rook',
  'swift',
  'tern',
  'wren',
];

/** A name to start from: two words that can be said on the phone, and a number so that it is seldom taken. */
export function suggestName(random: () => number): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? 'rook';
  return `${pick(FIRST)}-${pick(SECOND)}-${10 + Math.floor(random() * 90)}`;
}

/** The part of the host name that the api will make of a name; shown before it exists. */
export function toSlug(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
}
