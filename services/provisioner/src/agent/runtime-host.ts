/** Folders, users and processes of runtimes on this machine: everything of the process driver that touches the system. */
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { runFolderOf, tenantUid } from '@rookery/contracts/cells';
import { ControlGroups } from './cgroups.js';
import type { Config } from './config.js';
import { dataDirInside, isolate, type Launch, limitFiles, type ProcessIsolation, probeIsolation } from './isolation.js';
import { FILE_BYTES_MAX } from './disk-watch.js';
import type { KnownDeployments } from './known-deployments.js';
import { type Bundle, RuntimeBundles } from './runtime-bundles.js';
import type { RuntimeHosting, RuntimeLimits } from './running-runtime.js';
import { RuntimeProcess } from './runtime-process.js';
import type { StoreImages } from './store-images.js';

const IS_ROOT = process.getuid?.() === 0;

export class RuntimeHost implements RuntimeHosting {
  readonly isolation: ProcessIsolation;
  private readonly groups: ControlGroups | null;
  private readonly node: string;
  private readonly bundles: RuntimeBundles;

  constructor(
    private readonly config: Config,
    private readonly known: KnownDeployments,
    private readonly images: StoreImages,
  ) {
    // Tenants' users pass through to their own folder and see no other.
    for (const folder of ['', 'd']) {
      mkdirSync(join(config.AGENT_RUN, folder), { recursive: true, mode: 0o711 });
      chmodSync(join(config.AGENT_RUN, folder), 0o711);
    }
    this.bundles = new RuntimeBundles(join(config.AGENT_HOME, 'bundles'), config.RUNTIME_ENTRY);
    this.node = this.reachableNode();
    this.groups = ControlGroups.open('rookery');
    this.isolation = probeIsolation(this.probe(), config.ROOKERY_ISOLATION);
    rmSync(resolve(config.AGENT_HOME, 'probe'), { recursive: true, force: true });
  }

  get newestVersion(): string {
    return this.bundles.newest;
  }

  versionFor(wanted: string | null): string {
    return this.bundles.take(wanted).version;
  }

  keepVersions(wanted: ReadonlySet<string | null>): void {
    this.bundles.keepOnly(wanted);
  }

  /** The other folders are made at the start of a process. */
  prepare(deploymentId: string, { storeBytesMax }: RuntimeLimits): Promise<void> {
    return this.images.mount(this.dataFolder(deploymentId), storeBytesMax);
  }

  async start(deploymentId: string, incarnation: string, options: RuntimeLimits): Promise<RuntimeProcess> {
    const dataDir = this.dataFolder(deploymentId);
    const runDir = this.runDir(deploymentId);
    const uid = this.uidOf(deploymentId);
    for (const folder of [dataDir, runDir]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // bubblewrap maps our own user; the other levels change to the tenant's.
      own(folder, this.isolation === 'bubblewrap' || this.isolation === 'plain' ? null : uid);
    }
    const inside = dataDirInside(this.isolation, { dataDir, runDir, uid });
    // Where the data is mounted beside the sockets, it needs a place there.
    if (inside !== dataDir) mkdirSync(inside, { recursive: true });
    for (const socket of ['mqtt.sock', 'admin.sock']) rmSync(join(runDir, socket), { force: true });
    const args = [
      ...['--unix', join(runDir, 'mqtt.sock'), '--proxy-protocol', '--admin', this.adminSocket(deploymentId), '--data', inside],
      ...['--durability', options.durability, '--deployment', deploymentId, '--incarnation', incarnation, '--await-policy'],
    ];
    const { version, entry } = this.reachableBundle(options.brokerVersion);
    const sandbox = limitFiles(isolate(this.isolation, { node: this.node, entry, args, dataDir, runDir, uid }), FILE_BYTES_MAX);
    const command = this.groups === null ? sandbox : this.groups.wrap(sandbox, deploymentId, options);
    // Nothing of the agent's environment reaches a tenant's process.
    const environment = { PATH: '/usr/bin:/bin', NODE_ENV: 'production', LANG: 'C.UTF-8', TZ: 'UTC' };
    return RuntimeProcess.start(
      command,
      incarnation,
      { runDir: this.hostRunDir(deploymentId), logFile: this.known.logFile(deploymentId) },
      environment,
      version,
    );
  }

  limit(deploymentId: string, limits: RuntimeLimits): boolean {
    return this.groups?.limit(deploymentId, limits) ?? true;
  }

  adopt(deploymentId: string): Promise<RuntimeProcess | null> {
    return RuntimeProcess.adopt(this.hostRunDir(deploymentId));
  }

  adminSocket(deploymentId: string): string {
    return join(this.runDir(deploymentId), 'admin.sock');
  }

  mqttSocket(deploymentId: string): string {
    return join(this.runDir(deploymentId), 'mqtt.sock');
  }

  rest(deploymentId: string): Promise<void> {
    return this.images.unmount(this.dataFolder(deploymentId));
  }

  async erase(deploymentId: string): Promise<void> {
    await this.rest(deploymentId);
    rmSync(this.runDir(deploymentId), { recursive: true, force: true });
    rmSync(this.hostRunDir(deploymentId), { recursive: true, force: true });
    this.groups?.remove(deploymentId);
    this.known.erase(deploymentId);
  }

  dataFolder(deploymentId: string): string {
    return resolve(this.known.folderOf(deploymentId), 'data');
  }

  /** Shared with the runtime: its two sockets. */
  private runDir(deploymentId: string): string {
    return runFolderOf(this.config.AGENT_RUN, deploymentId);
  }

  /** The agent's own notes on a runtime, out of the tenant's reach. */
  private hostRunDir(deploymentId: string): string {
    return join(this.config.AGENT_RUN, 'p', deploymentId.slice(deploymentId.indexOf('_') + 1));
  }

  private uidOf(deploymentId: string): number | null {
    return IS_ROOT ? tenantUid(deploymentId) : null;
  }

  /** A program that needs what a runtime needs: Node, a file of ours, and a data folder of its own to write into. */
  private probe(): Launch {
    const uid = this.uidOf('probe');
    const program = join(this.config.AGENT_RUN, 'bin', 'probe.mjs');
    const dataDir = resolve(this.config.AGENT_HOME, 'probe');
    const runDir = join(this.config.AGENT_RUN, 'probe');
    for (const folder of [dirname(program), join(runDir, 'data'), dataDir]) mkdirSync(folder, { recursive: true, mode: 0o755 });
    writeFileSync(program, "import { writeFileSync } from 'node:fs';\nwriteFileSync(`${process.argv[2]}/probe`, '');\n", { mode: 0o644 });
    if (uid !== null) chmodSync(dataDir, 0o777);
    return { node: this.node, entry: program, args: [], dataDir, runDir, uid };
  }

  /** Tenants' users cannot enter a private home folder: where Node lies in one, a copy beside the sockets is used instead. */
  private reachableNode(): string {
    const node = process.execPath;
    if (!IS_ROOT || worldReadable(node)) return node;
    const copy = join(this.config.AGENT_RUN, 'bin', `node-${process.version}`);
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
    if (!existsSync(copy)) copyFileSync(node, copy);
    chmodSync(copy, 0o755);
    return copy;
  }

  /** The same for a bundle. */
  private reachableBundle(wanted: string | null): Bundle {
    const bundle = this.bundles.take(wanted);
    const entry = resolve(bundle.entry);
    if (!IS_ROOT || worldReadable(entry)) return { ...bundle, entry };
    const copy = join(this.config.AGENT_RUN, 'bin', 'runtime', bundle.version);
    mkdirSync(copy, { recursive: true, mode: 0o755 });
    for (const name of readdirSync(dirname(entry))) {
      copyFileSync(join(dirname(entry), name), join(copy, name));
      chmodSync(join(copy, name), 0o644);
    }
    return { ...bundle, entry: join(copy, basename(entry)) };
  }
}

function worldReadable(file: string): boolean {
  accessSync(file, constants.R_OK);
  for (let path = dirname(file); path !== '/'; path = dirname(path)) if ((lstatSync(path).mode & 0o001) === 0) return false;
  return (lstatSync(file).mode & 0o004) !== 0;
}

function own(folder: string, uid: number | null): void {
  if (!IS_ROOT) return;
  const owner = uid ?? 0;
  chownSync(folder, owner, owner);
  for (const name of readdirSync(folder)) chownSync(join(folder, name), owner, owner);
}
