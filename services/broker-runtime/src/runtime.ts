/**
 * One deployment's runtime: flags and policy in, a broker that clients can reach out. With `--await-policy` the doors
 * open after the first policy. When it dies, its sessions and messages are in the store and its agent starts it again.
 */
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import { emptyDocument } from '@rookery/policy/read-document';
import { AdminServer } from './admin/admin-server.js';
import { Broker } from './broker.js';
import type { Flags } from './flags.js';
import { readPolicyFile } from './policy/policy-file.js';
import { type Household, Rest } from './rest.js';
import { Journal } from './telemetry/journal.js';
import { Reporter } from './telemetry/reporter.js';
import { Intake } from './transport/intake.js';
import { Listeners } from './transport/listeners.js';

export class Runtime {
  private readonly intake: Intake;
  private readonly listeners: Listeners;
  private readonly rest: Rest;
  private readonly admin: AdminServer | null;
  private readonly reporter: Reporter;
  private ready = false;
  private opening: Promise<void> | null = null;
  private stopping: Promise<void> | null = null;

  private constructor(
    private readonly flags: Flags,
    readonly broker: Broker,
    private readonly onStopped: () => void,
  ) {
    const { deploymentId, incarnation } = flags;
    this.intake = new Intake(broker, flags.proxied);
    this.listeners = new Listeners(this.intake);
    this.rest = new Rest(this.household(), flags.listen.unix);
    this.admin =
      flags.adminSocket === null
        ? null
        : new AdminServer(broker, {
            deploymentId,
            incarnation,
            startedAt: new Date().toISOString(),
            isReady: () => this.ready,
            onPolicy: (document) => this.applyPolicy(document),
            onRest: (idleMs, quietMs) => this.rest.ask(idleMs, quietMs),
            onAbandoned: () => this.rest.end(),
            onStop: () => void this.stop(),
          });
    this.reporter = new Reporter(broker, deploymentId ?? '', incarnation, (report) => this.admin?.tell({ type: 'report', report }));
  }

  static async start(flags: Flags, journal: Journal, onStopped: () => void): Promise<Runtime> {
    const policy = firstPolicy(flags);
    const broker = await Broker.start({
      deploymentId: flags.deploymentId ?? 'local',
      incarnation: flags.incarnation,
      dataFolder: flags.dataFolder,
      synchronous: flags.durability === 'durable',
      redis: flags.redis,
      note: (event) => journal.note(event),
      onError: (error) => journal.error(error),
    });
    const runtime = new Runtime(flags, broker, onStopped);
    if (flags.adminSocket !== null) await runtime.admin!.open(flags.adminSocket);
    if (!flags.awaitPolicy) {
      runtime.enforce(policy);
      await runtime.open();
    }
    return runtime;
  }

  /** Where clients reach it. */
  get addresses(): readonly string[] {
    return this.listeners.addresses;
  }

  /** Says goodbye to clients, commits and closes everything. */
  stop(): Promise<void> {
    this.stopping ??= this.close();
    return this.stopping;
  }

  private async close(): Promise<void> {
    this.rest.close();
    this.reporter.stop();
    this.admin?.tell({ type: 'report', report: this.reporter.report() });
    const closed = this.listeners.close();
    await this.broker.stop();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
    await this.admin?.close();
    this.onStopped();
  }

  private household(): Household {
    const { broker, intake } = this;
    return {
      clients: () => broker.kernel.connectedClients,
      connections: () => broker.connections.size + intake.arriving,
      accepted: () => broker.counters.connectsAccepted,
      idleSince: () => broker.idleSince,
      nextDueAt: () => broker.wills.nextDueAt(),
      keepsInMemory: () => this.flags.dataFolder === null && broker.state.sessions.size + broker.state.retained.size > 0,
      now: () => broker.now(),
    };
  }

  private applyPolicy(document: PolicyDocument): void {
    this.enforce(document);
    void this.open();
  }

  private enforce(document: PolicyDocument): void {
    const { storeBytesMax } = this.flags;
    const quotas = { ...document.quotas };
    if (storeBytesMax !== null) quotas.storeBytesMax = storeBytesMax;
    // Brokers that share a Redis keep no sessions (docs/reference/shared-store.md); CONNACK says so.
    if (this.broker.isShared) quotas.sessionExpirySecondsMax = 0;
    this.broker.applyPolicy({ ...document, quotas });
  }

  private open(): Promise<void> {
    this.opening ??= this.openDoors();
    return this.opening;
  }

  private async openDoors(): Promise<void> {
    this.broker.planStored();
    await this.listeners.open(this.flags.listen);
    this.ready = true;
    this.admin?.tell({ type: 'ready' });
  }
}

function firstPolicy({ policyFile, allowAnonymous }: Flags): PolicyDocument {
  const document = policyFile === null ? emptyDocument() : readPolicyFile(policyFile);
  return allowAnonymous ? { ...document, allowAnonymous: true } : document;
}
