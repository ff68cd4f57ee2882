/**
 * The runtimes that this machine has, each in a folder named by its version. A deployment stays on the one that it was
 * given, whatever the checkout holds meanwhile; the newest is the one that the agent was started with.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { brokerVersionOf, VERSION } from '@rookery/contracts/version';

export interface Bundle {
  version: string;
  /** File that Node starts. */
  entry: string;
}

export class RuntimeBundles {
  readonly newest: string;
  private readonly entryName: string;

  /** `entry`: the newest runtime; it and the modules beside it are copied. */
  constructor(
    private readonly folder: string,
    entry: string,
  ) {
    this.entryName = basename(entry);
    const source = dirname(resolve(entry));
    const files = readdirSync(source)
      .filter((name) => name.endsWith('.mjs'))
      .sort();
    const hash = createHash('sha256');
    for (const name of files) hash.update(name).update(readFileSync(join(source, name)));
    this.newest = brokerVersionOf(VERSION, hash.digest('hex'));
    this.keep(source, files);
  }

  /**
   * The bundle of this version; the newest for null. One that is gone is replaced by the newest for good, so that the
   * deployment does not change again with every build.
   */
  take(version: string | null): Bundle {
    const found = version === null || existsSync(this.entryOf(version)) ? (version ?? this.newest) : this.replace(version);
    const real = this.targetOf(found) ?? found;
    return { version: real, entry: this.entryOf(real) };
  }

  /** Removes what nobody needs: `versions` are wanted by deployments, null among them means the newest. */
  keepOnly(versions: ReadonlySet<string | null>): void {
    const kept = new Set([this.newest, ...[...versions].flatMap((each) => (each === null ? [] : [each, this.targetOf(each) ?? each]))]);
    for (const name of readdirSync(this.folder)) if (!kept.has(name)) rmSync(join(this.folder, name), { recursive: true, force: true });
  }

  private keep(source: string, files: readonly string[]): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o755 });
    const target = join(this.folder, this.newest);
    if (this.targetOf(this.newest) !== null) rmSync(target);
    if (existsSync(target)) return;
    // Whole or not at all: an agent that dies here leaves nothing that looks like a bundle.
    const making = `${target}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { mode: 0o755 });
    for (const name of files) copyFileSync(join(source, name), join(making, name));
    renameSync(making, target);
  }

  private replace(version: string): string {
    const link = join(this.folder, version);
    rmSync(link, { recursive: true, force: true });
    symlinkSync(this.newest, link);
    return version;
  }

  /** The version that stands in for this one. */
  private targetOf(version: string): string | null {
    try {
      return readlinkSync(join(this.folder, version));
    } catch {
      return null;
    }
  }

  private entryOf(version: string): string {
    return join(this.folder, version, this.entryName);
  }
}
