/** Looks for secrets where none may be: in files, in tables, in what /proc shows of every process. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@rookery/db/pool';

const FILE_BYTES_MAX = 64 * 1024 * 1024;

/** Secrets by what they are. Each counts as found as it is, in base64 and percent-encoded. */
export type Canaries = Record<string, string>;

/** `<secret> in <file>` for each file below `folder` that holds one; `except`: folders and files whose purpose it is. */
export function inFiles(folder: string, canaries: Canaries, except: readonly string[] = []): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (except.includes(path)) return [];
    if (entry.isDirectory()) return inFiles(path, canaries, except);
    return entry.isFile() && statSync(path).size <= FILE_BYTES_MAX ? hits(readOrNothing(path), canaries, path) : [];
  });
}

/** In the environment and the arguments of every process that may be read, whoever started it; this one aside. */
export function inProcesses(canaries: Canaries): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((pid) =>
      ['environ', 'cmdline'].flatMap((name) => hits(readOrNothing(`/proc/${pid}/${name}`), canaries, `/proc/${pid}/${name}`)),
    );
}

/** In every row of every table of the schemas that this role may read. */
export async function inTables(url: string, canaries: Canaries): Promise<string[]> {
  const db = openDatabase(url, { applicationName: 'rookery-canary', connectionsMax: 1, onError: () => {} });
  try {
    const tables = await db.$client.query<{ name: string }>(`
      SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_schema IN ('public', 'jobs') AND table_type = 'BASE TABLE'`);
    const found: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await db.$client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      for (const { row } of rows) found.push(...hits(Buffer.from(row), canaries, name));
    }
    if (tables.rows.length === 0) throw new Error('there is no table to look into');
    return found;
  } finally {
    await db.$client.end();
  }
}

export function hits(text: Buffer, canaries: Canaries, where: string): string[] {
  return Object.entries(canaries)
    .filter(([, secret]) =>
      [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].some((form) => text.includes(form)),
    )
    .map(([name]) => `${name} in ${where}`);
}

/** A process may end, and a file may go, while it is being read. */
function readOrNothing(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
