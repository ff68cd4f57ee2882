/** All deployments of this machine: takes the stream's events, keeps them sealed, supervises each, answers questions. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Route } from '@rookery/contracts/edge-protocol';
import type { MachineDeployment, MachineEvent } from '@rookery/contracts/machine-protocol';
import type { Answer, Question } from '@rookery/contracts/questions';
import type { RuntimeStateReport } from '@rookery/contracts/reports';
import type { Logger } from '@rookery/service-kit/log';
import type { CertificateAuthority, TlsMaterial } from './certificates.js';
import type { Config } from './config.js';
import { DiskWatch, type OnDisk } from './disk-watch.js';
import type { EdgeRoutes } from './edge-routes.js';
import { Gate } from './gate.js';
import { Intake } from './intake.js';
import { type KnownDeployment, type KnownDeployments, summaryOf } from './known-deployments.js';
import type { Reporter } from './reporter.js';
import type { RuntimeHosting } from './running-runtime.js';
import { type DeploymentHost, SupervisedDeployment } from './supervised-deployment.js';
import type { Woken } from './waking.js';

/** A start is mostly processor time: more at once would only make each later. */
const STARTS_MAX = 2 * availableParallelism();
/** One organization's starts leave a processor to all others. */
const STARTS_OF_ONE_MAX = Math.max(1, availableParallelism() - 1);

export class Machine {
  private readonly starts = new Gate(STARTS_MAX, STARTS_OF_ONE_MAX);
  private readonly deployments = new Map<string, SupervisedDeployment>();
  /** Ids that the snapshot under way has named so far. */
  private snapshot = new Set<string>();
  private readonly intake: Intake;
  private readonly disk: DiskWatch;
  /** Those that were stopped because they filled the disk, and the generation that did. */
  private readonly overfull = new Map<string, number>();

  constructor(
    private readonly config: Config,
    private readonly runtimes: RuntimeHosting,
    private readonly known: KnownDeployments,
    private readonly edges: EdgeRoutes,
    private readonly authority: CertificateAuthority,
    private readonly domainTls: TlsMaterial | null,
    private readonly reporter: Reporter,
    private readonly log: Logger,
  ) {
    this.intake = new Intake(
      (deployment) => known.save(deployment),
      (deployment) => this.accept(deployment),
      log,
    );
    this.disk = new DiskWatch(
      config.AGENT_HOME,
      () => this.onDisk(),
      (id) => this.stopOverfull(id),
      log,
    );
  }

  /** Starts or adopts all that this machine knows, before anybody is asked. */
  async resume(): Promise<void> {
    const known = this.known.load();
    this.runtimes.keepVersions(new Set(known.map((deployment) => deployment.runtime.brokerVersion)));
    for (const deployment of known) this.supervise(deployment);
    await this.edges.keepOnly(new Set(known.map((deployment) => deployment.runtime.deploymentId)));
  }

  onSnapshot(event: MachineEvent<'snapshot'>): void {
    for (const deployment of event.deployments) {
      this.snapshot.add(deployment.runtime.deploymentId);
      this.onRuntime(deployment);
    }
    if (!event.complete) return;
    const named = this.snapshot;
    this.snapshot = new Set();
    for (const [id, supervised] of this.deployments) {
      if (named.has(id) || supervised.deployment.runtime.state === 'DELETED') continue;
      this.log.warn({ deploymentId: id }, 'the control plane does not know this deployment; it is stopped, its data stays');
      const stop = () => {
        supervised.want({ ...supervised.deployment, runtime: { ...supervised.deployment.runtime, state: 'STOPPED' } });
        return null;
      };
      this.intake.tell({ deploymentId: id, compose: stop });
    }
  }

  onRuntime(event: MachineDeployment): void {
    this.intake.tell({ deploymentId: event.runtime.deploymentId, compose: () => this.newest(event) });
  }

  onChange({ deploymentId, policy, sleepAfterSeconds }: MachineEvent<'change'>): void {
    const compose = () => {
      const supervised = this.deployments.get(deploymentId);
      return supervised === undefined ? null : this.newest({ runtime: supervised.deployment.runtime, policy, sleepAfterSeconds });
    };
    this.intake.tell({ deploymentId, compose });
  }

  /** A client stands at the door of a deployment that does not listen. */
  async wake(deploymentId: string): Promise<Woken> {
    return (await this.deployments.get(deploymentId)?.wake('client')) ?? { ok: false, retryMs: null };
  }

  async ask(question: Question): Promise<Answer> {
    const supervised = this.deployments.get(question.deploymentId);
    if (supervised === undefined) return { ok: false, code: 'RUNTIME_UNREACHABLE', message: 'the deployment is not on this machine' };
    return supervised.ask(question);
  }

  /** A state that the api has taken: an erased deployment needs no memory any more. */
  onReported(state: RuntimeStateReport): void {
    if (state.state === 'DELETED' && this.deployments.get(state.deploymentId)?.erased) this.forget(state.deploymentId);
  }

  release(): void {
    for (const supervised of this.deployments.values()) supervised.release();
  }

  async shutDown(): Promise<void> {
    await Promise.all([...this.deployments.values()].map((supervised) => supervised.shutDown()));
  }

  private forget(deploymentId: string): void {
    this.deployments.delete(deploymentId);
    this.overfull.delete(deploymentId);
    this.disk.forget(deploymentId);
  }

  private *onDisk(): Iterable<OnDisk> {
    for (const { id, runs, deployment } of this.deployments.values())
      if (runs)
        yield { id, storeBytesMax: deployment.storeBytesMax, dataFolder: this.runtimes.dataFolder(id), logFile: this.known.logFile(id) };
  }

  private stopOverfull(deploymentId: string): void {
    const supervised = this.deployments.get(deploymentId);
    if (supervised === undefined) return;
    const { generation } = supervised.deployment.runtime;
    this.overfull.set(deploymentId, generation);
    supervised.end();
    // Last: the disk may have no room for it.
    this.known.noteOverfull(deploymentId, generation);
  }

  private accept(deployment: MachineDeployment): void {
    const present = this.deployments.get(deployment.runtime.deploymentId);
    if (present === undefined) this.supervise(summaryOf(deployment));
    else present.want(summaryOf(deployment));
  }

  /** A policy older than one that this machine has seen is not taken back. */
  private newest(offered: MachineDeployment): MachineDeployment {
    const { deploymentId } = offered.runtime;
    const { revision } = offered.policy;
    const kept = this.deployments.get(deploymentId)?.deployment.policyRevision ?? 0;
    if (revision >= kept) return offered;
    this.log.warn({ deploymentId, revision, kept }, 'an older policy was offered and not taken');
    const { policy, sleepAfterSeconds } = this.known.read(deploymentId);
    return { ...offered, policy, sleepAfterSeconds };
  }

  private supervise(deployment: KnownDeployment): void {
    const supervised = new SupervisedDeployment(deployment, this.host(), this.log);
    const overfull = this.known.overfullGeneration(supervised.id);
    if (overfull !== null) this.overfull.set(supervised.id, overfull);
    this.deployments.set(supervised.id, supervised);
    supervised.look();
  }

  private host(): DeploymentHost {
    const { runtimes, reporter, edges } = this;
    return {
      isolation: runtimes.isolation,
      starts: this.starts,
      versionFor: (wanted) => runtimes.versionFor(wanted),
      sleepFile: (id) => this.known.sleepFile(id),
      policyOf: (id) => this.known.read(id).policy,
      prepare: (id, limits) => runtimes.prepare(id, limits),
      start: (id, incarnation, options) => runtimes.start(id, incarnation, options),
      limit: (id, limits) => runtimes.limit(id, limits),
      adopt: (id) => runtimes.adopt(id),
      adminSocket: (id) => runtimes.adminSocket(id),
      openRoute: (deployment) => this.openRoute(deployment),
      closeRoute: (id) => edges.remove(id),
      refusal: (deployment) => this.refusal(deployment),
      rest: (id) => runtimes.rest(id),
      erase: (id) => runtimes.erase(id),
      report: (report) => reporter.report(report),
      state: (state) => reporter.state(state),
    };
  }

  private async openRoute(deployment: KnownDeployment): Promise<RuntimeStateReport['problem']> {
    const failures = await this.edges.put(await this.routeFor(deployment));
    if (failures.length === 0) return null;
    const ports = [...new Set(failures.map((failure) => failure.port))].join(' and ');
    return { code: 'PORT_TAKEN', message: `Port ${ports} cannot be opened (${failures[0]!.code}): another program uses it.` };
  }

  private async routeFor({ runtime }: KnownDeployment): Promise<Route> {
    const { ROOKERY_DOMAIN: domain, MACHINE_HOST: host } = this.config;
    const names = domain === undefined ? [...new Set([host, 'localhost', '127.0.0.1', '::1'])] : [`${runtime.slug}.${domain}`];
    const { certificate, privateKey } =
      this.domainTls === null
        ? await this.authority.leaf(join(this.known.folderOf(runtime.deploymentId), 'tls.json'), names)
        : { certificate: null, privateKey: null };
    return {
      deploymentId: runtime.deploymentId,
      hosts: names,
      mqttsPort: runtime.ports.mqtts,
      mqttPort: runtime.ports.mqtt,
      certificate,
      privateKey,
      ticketKeys: this.known.ticketKeys(runtime.deploymentId),
      targets: [`unix:${this.runtimes.mqttSocket(runtime.deploymentId)}`],
    };
  }

  private refusal(deployment: KnownDeployment): RuntimeStateReport['problem'] {
    if (this.overfull.get(deployment.runtime.deploymentId) === deployment.runtime.generation)
      return { code: 'STORE_FULL', message: 'It has written more to the disk than its plan allows, and was stopped.' };
    if (this.runtimes.isolation !== 'plain' || this.config.ROOKERY_ACCEPT_NO_ISOLATION === '1') return null;
    const first = [...this.deployments.values()]
      .map((supervised) => supervised.deployment.runtime)
      .find((runtime) => runtime.state === 'RUNNING');
    if (first === undefined || first.organizationId === deployment.runtime.organizationId) return null;
    return {
      code: 'ISOLATION_INSUFFICIENT',
      message:
        'This machine cannot wall organizations off from each other, and another one runs here. Install bubblewrap, or accept the risk with ROOKERY_ACCEPT_NO_ISOLATION=1.',
    };
  }
}
