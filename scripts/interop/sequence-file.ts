/** mosquitto's packet sequences (test/broker/data/*.json): what stands in them, as bytes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Step =
  | { type: 'send'; bytes: Buffer }
  | { type: 'recv'; bytes: Buffer }
  | { type: 'publish'; topic: string; payload: string; qos: 0 | 1 | 2; retain: boolean };

export interface Sequence {
  name: string;
  version: number;
  /** Whether a plain CONNECT goes first. */
  connects: boolean;
  /** Whether the broker must end the connection. */
  ends: boolean;
  steps: Step[];
}

interface Common {
  ver?: number;
  connect?: boolean;
  expect_disconnect?: boolean;
}
interface RawStep {
  type: string;
  payload?: string;
  topic?: string;
  qos?: 0 | 1 | 2;
  retain?: boolean;
}
type RawGroup = Common & { group: string; disable?: boolean; tests: (Common & { name: string; msgs: RawStep[] })[] };

export function readSequences(folder: string): Sequence[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().flatMap((file) => {
    const groups = JSON.parse(readFileSync(join(folder, file), 'utf8')) as RawGroup[];
    return groups
      .filter(({ disable }) => disable !== true)
      .flatMap((group) =>
        group.tests.map((test) => ({
          name: `${group.group} ${test.name}`,
          version: test.ver ?? group.ver ?? 4,
          connects: test.connect ?? group.connect ?? true,
          ends: test.expect_disconnect ?? group.expect_disconnect ?? true,
          steps: test.msgs.map(readStep),
        })),
      );
  });
}

function readStep(step: RawStep): Step {
  if (step.type === 'send' || step.type === 'recv') return { type: step.type, bytes: readBytes(step.payload!) };
  return { type: 'publish', topic: step.topic!, payload: step.payload ?? '', qos: step.qos ?? 0, retain: step.retain ?? false };
}

/** Hexadecimal digits, `'text'`, `i1` (8 bits), `H1 k1 m1 s1` (16 bits), `L1` (32 bits), `v1 r1` (variable byte integer). */
export function readBytes(text: string): Buffer {
  const parts = text.match(/'[^']*'|\S+/g) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (part.startsWith("'")) return Buffer.from(part.slice(1, -1));
      if (/^[0-9a-fA-F]/.test(part)) return Buffer.from(part, 'hex');
      return readNumber(part[0]!, Number(part.slice(1)));
    }),
  );
}

function readNumber(kind: string, value: number): Buffer {
  if (kind === 'i') return Buffer.from([value]);
  if (kind === 'L') return Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
  if (kind !== 'v' && kind !== 'r') return Buffer.from([value >>> 8, value]);
  // Also values that no packet may hold: five bytes and more.
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}
