/**
 * Compared with a real database, and where there is one a real engine with a real Terraform: DOCKER_HOST, and
 * ROOKERY_TEST_IMAGE for the containers.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolderOf, type DockerFacts, runFolderOf } from '@rookery/contracts/cells';
import { Envelope } from '@rookery/service-kit/envelope';
import { newId, uuidOf } from '@rookery/service-kit/ids';
import { KeyRing } from '@rookery/service-kit/key-ring';
import { createLogger } from '@rookery/service-kit/log';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { driverOf } from '../drivers/driver.js';
import { Placement } from '../drivers/placement.js';
import { DockerStacks } from '../drivers/terraform/docker-stacks.js';
import { PostgresVault } from '../drivers/terraform/state-vault.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { Comparison } from './comparison.js';

const { DOCKER_HOST: host, ROOKERY_TEST_IMAGE: imageName } = process.env;
const canCompareContainers = host !== undefined && imageName !== undefined;
if (!canCompareContainers) process.stderr.write('SKIPPED: the comparison of containers: set DOCKER_HOST and ROOKERY_TEST_IMAGE\n');
/** Left out, and said so, where no engine is. */
const describeContainers = canCompareContainers ? describe : () => {};
const log = createLogger('test', 'silent');
let installation: Installation;
let owner: { organizationId: string; projectId: string };

const drift = () => installation.sql<{ kind: string; attributes: string[] }>('SELECT kind, attributes FROM deployment_drift');
const newest = async (id: string) => (await installation.operations(id)).at(-1);
/** Time passes: what a machine says does not count while it may still be at work. */
const minutesAgo = () => installation.sql(`UPDATE deployment_reports SET state_at = now() - interval '5 minutes'`);
const toldLongAgo = () => installation.sql(`UPDATE deployment_infrastructure SET updated_at = now() - interval '5 minutes'`);

beforeAll(async () => {
  installation = await startInstallation();
  owner = await installation.addOrganization();
});
afterAll(() => installation.close());
afterEach(async () => {
  for (const table of ['deployments', 'operations', 'orphans', 'machines']) await installation.sql(`DELETE FROM ${table}`);
});

async function settle(reconciler: Reconciler): Promise<void> {
  for (let i = 0; i < 5; i++) await reconciler.lookAtNext();
}

describe('a comparison of processes', () => {
  const compare = () => new Comparison(installation.db, { docker: null, aws: null }, log).run();

  it('finds one that stands still, asks for a repair once, and forgets it when it runs', async () => {
    const reconciler = new Reconciler(installation.db, driverOf(new Placement(installation.db), { docker: null, aws: null }), log);
    await installation.addMachine({ first: 20_000, last: 20_003 });
    const id = await installation.addDeployment(owner);
    await settle(reconciler);
    await installation.report(id, 'RUNNING');
    await settle(reconciler);
    await Promise.all([minutesAgo(), toldLongAgo()]);
    expect(await compare()).toEqual({ drift: [], orphans: [] });

    await installation.report(id, 'STOPPED');
    await settle(reconciler);
    expect((await compare()).drift).toEqual([]);
    await minutesAgo();
    expect((await compare()).drift).toEqual([{ deploymentId: id, drift: { kind: 'MISSING', attributes: [] }, healed: true }]);
    expect(await drift()).toEqual([{ kind: 'MISSING', attributes: [] }]);
    expect(await newest(id)).toMatchObject({ verb: 'REPAIR', state: 'PENDING' });

    await settle(reconciler);
    await installation.report(id, 'STOPPED');
    await installation.sql(`UPDATE operations SET state = 'FAILED' WHERE state <> 'SUCCEEDED'`);
    await Promise.all([minutesAgo(), toldLongAgo()]);
    expect((await compare()).drift).toMatchObject([{ deploymentId: id, healed: false }]);
    await installation.report(id, 'RUNNING');
    await minutesAgo();
    expect((await compare()).drift).toEqual([]);
    expect(await drift()).toEqual([]);
  });

  it('leaves alone what is being worked at, and what is on a machine that is lost', async () => {
    await installation.addMachine({ first: 20_000, last: 20_003 });
    const id = await installation.addDeployment(owner);
    await settle(new Reconciler(installation.db, driverOf(new Placement(installation.db), { docker: null, aws: null }), log));
    await toldLongAgo();
    expect((await compare()).drift).toEqual([]);
    await installation.sql(`UPDATE operations SET state = 'FAILED'`);
    await installation.sql('UPDATE machines SET lost_at = now()');
    expect((await compare()).drift).toEqual([]);
    await installation.sql('UPDATE machines SET lost_at = NULL');
    expect((await compare()).drift).toMatchObject([{ deploymentId: id, drift: { kind: 'MISSING' } }]);
  });
});

describeContainers('a comparison of containers', () => {
  let folder: string;
  let stacks: DockerStacks;
  let facts: DockerFacts;
  let reconciler: Reconciler;
  let compare: () => ReturnType<Comparison['run']>;
  const made: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rk-drift-'));
    const source = join(import.meta.dirname, '../../../../infra/terraform');
    const envelope = new Envelope(KeyRing.of([Buffer.alloc(32, 7)]));
    const options = {
      binary: 'terraform',
      source,
      home: join(folder, 'terraform'),
      vault: new PostgresVault(installation.db, envelope),
      db: installation.db,
    };
    const { Engine } = await import('../engine/engine.js');
    stacks = new DockerStacks(options, new Engine(host!), host!);
    const image = await stacks.engine.findImage(imageName!);
    facts = { image: image!.id, runFolder: join(folder, 'run'), dataFolder: join(folder, 'data'), uid: 0 };
    reconciler = new Reconciler(installation.db, driverOf(new Placement(installation.db), { docker: stacks, aws: null }), log);
    compare = () => new Comparison(installation.db, { docker: stacks, aws: null }, log).run();
  });
  afterAll(async () => {
    for (const id of made) for (const each of await ofDeployment(id)) await stacks.engine.remove(each.id);
    rmSync(folder, { recursive: true, force: true });
  });

  const ofDeployment = (id: string) => stacks.engine.list(`rookery.deployment=${id}`);
  /** The engine's own call, as somebody else would make it. */
  async function docker(...args: string[]): Promise<string> {
    const { execFile } = await import('node:child_process');
    const { promisify } = await import('node:util');
    return (await promisify(execFile)('docker', args, { env: { ...process.env, DOCKER_HOST: host } })).stdout.trim();
  }
  async function running(): Promise<string> {
    await installation.addMachine({ first: 20_000, last: 20_003 });
    await installation.sql('UPDATE machines SET docker = $1', [facts]);
    const id = await installation.addDeployment(owner);
    await installation.sql('UPDATE deployments SET memory_bytes_max = 268435456 WHERE id = $1', [uuidOf('deployment', id)]);
    made.push(id);
    for (const each of [runFolderOf(facts.runFolder, id), dataFolderOf(facts.dataFolder, id)]) mkdirSync(each, { recursive: true });
    await settleContainer(id);
    return id;
  }
  /** The agent's part: folders are there, then the broker answers. */
  async function settleContainer(id: string): Promise<void> {
    await settle(reconciler);
    await installation.report(id, 'STARTING');
    await settle(reconciler);
    await installation.report(id, 'RUNNING');
    await settle(reconciler);
    expect(await newest(id)).toMatchObject({ state: 'SUCCEEDED' });
  }

  it('finds nothing in what Terraform made, names what somebody changed, and puts it right', async () => {
    const id = await running();
    expect(await compare()).toEqual({ drift: [], orphans: [] });
    const [container] = await ofDeployment(id);
    await docker('update', '--memory', '512m', '--memory-swap', '512m', container!.id);
    const { drift: found } = await compare();
    expect(found).toMatchObject([{ deploymentId: id, drift: { kind: 'CHANGED' }, healed: true }]);
    expect(found[0]!.drift.attributes).toEqual(['memory', 'memory_swap']);
    await settleContainer(id);
    expect(await docker('inspect', '--format', '{{.HostConfig.Memory}}', container!.id)).toBe('268435456');
    expect((await compare()).drift).toEqual([]);
  }, 120_000);

  it('makes a container anew that somebody removed', async () => {
    const id = await running();
    const [container] = await ofDeployment(id);
    await stacks.engine.remove(container!.id);
    expect((await compare()).drift).toEqual([{ deploymentId: id, drift: { kind: 'MISSING', attributes: [] }, healed: true }]);
    await settleContainer(id);
    expect(await ofDeployment(id)).toHaveLength(1);
    expect((await compare()).drift).toEqual([]);
  }, 120_000);

  it('removes what is left of a deployment that was deleted, and never what another installation made', async () => {
    const [deleted, theirs, stranger] = [newId('deployment'), newId('deployment'), newId('deployment')];
    made.push(deleted, theirs, stranger);
    const [{ id: own }] = (await installation.sql<{ id: string }>('SELECT id FROM installation')) as [{ id: string }];
    const container = (deploymentId: string, installationId: string) => {
      const labels = { 'rookery.managed': 'terraform', 'rookery.deployment': deploymentId, 'rookery.installation': installationId };
      return docker('create', ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]), facts.image);
    };
    const remember = (id: string) =>
      installation.sql(
        `INSERT INTO operations (organization_id, id, deployment_id, deployment_name, verb, state, generation, requested_by) VALUES ($1, $2, $3, 'gone', 'DELETE', 'SUCCEEDED', 2, 'test')`,
        [uuidOf('organization', owner.organizationId), uuidOf('operation', newId('operation')), uuidOf('deployment', id)],
      );
    await Promise.all([remember(deleted), remember(theirs)]);
    const [left, foreign, unknown] = [
      await container(deleted, own),
      await container(theirs, '0199aaaa-0000-7000-8000-000000000000'),
      await container(stranger, own),
    ];
    const { orphans } = await compare();
    expect(orphans.filter(({ id }) => [left, foreign, unknown].includes(id)).toSorted((a, b) => a.reason.localeCompare(b.reason))).toEqual([
      { id: foreign, deploymentId: theirs, reason: 'Another installation made it.', removed: false },
      { id: left, deploymentId: deleted, reason: 'Its deployment was deleted.', removed: true },
      { id: unknown, deploymentId: stranger, reason: 'This installation has no deployment of that id.', removed: false },
    ]);
    expect(await ofDeployment(deleted)).toEqual([]);
    for (const id of [theirs, stranger]) expect(await ofDeployment(id)).toHaveLength(1);
  }, 120_000);
});
