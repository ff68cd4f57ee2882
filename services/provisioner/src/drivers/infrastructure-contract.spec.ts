/**
 * What every kind of cell must do, against the real thing: rows for processes, an engine for containers (DOCKER_HOST), moto
 * for machines of AWS. A kind whose outside world is not here is left out, and said so.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSubnetCommand, CreateTagsCommand, CreateVolumeCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { dataFolderOf, runFolderOf } from '@rookery/contracts/cells';
import { newId, uuidOf } from '@rookery/service-kit/ids';
import { Envelope } from '@rookery/service-kit/envelope';
import { hashJoinSecret } from '@rookery/db/join-tokens';
import { createLogger } from '@rookery/service-kit/log';
import { readSecret } from '@rookery/service-kit/aws/secrets-manager';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../agent/certificates.js';
import { Engine } from '../engine/engine.js';
import { STACK_GONE } from '../reconcile/steps.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { readSituation, type Situation } from '../reconcile/situation.repository.js';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { joinTokensOf } from './aws/join-token.js';
import { type Driver, driverOf } from './driver.js';
import { Placement } from './placement.js';
import { AwsStacks, nameOf } from './terraform/aws-stacks.js';
import { DockerStacks } from './terraform/docker-stacks.js';
import type { StackOptions } from './terraform/stack.js';
import { PostgresVault } from './terraform/state-vault.js';

const SOURCE = join(import.meta.dirname, '../../../../infra/terraform');
const RUN_MS_MAX = 120_000;
const terraform = process.env['TERRAFORM_BIN'] ?? 'terraform';
const host = process.env['DOCKER_HOST'];
const image = process.env['ROOKERY_TEST_IMAGE'];
/** Folder of unpacked providers (scripts/ci/aws-mirror.sh finds it). */
const mirror = process.env['TF_MIRROR'];
const canRunTerraform = spawnSync(terraform, ['version'], { stdio: 'ignore' }).status === 0;
const moto = canRunTerraform && mirror !== undefined ? await motoForTests() : null;
const kinds = ['process', ...(canRunTerraform && host && image ? ['docker'] : []), ...(moto === null ? [] : ['aws'])] as const;
if (!host || !image) process.stderr.write('SKIPPED: the contract of containers: set DOCKER_HOST and ROOKERY_TEST_IMAGE\n');
/** Left out, and said so, like the kinds. */
const describeAws = moto === null ? () => {} : describe;
if (moto === null) process.stderr.write('SKIPPED: the contract of machines of AWS: set TF_MIRROR, and have terraform and moto\n');

let installation: Installation;
let owner: { organizationId: string; projectId: string };
let folder: string;
let driver: Driver;
let options: StackOptions;
let tokens = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rk-contract-'));
  installation = await startInstallation();
  owner = await installation.addOrganization();
  const envelope = new Envelope(randomBytes(32));
  options = {
    binary: terraform,
    source: SOURCE,
    home: join(folder, 'runs'),
    vault: new PostgresVault(installation.db, envelope),
    db: installation.db,
  };
  if (mirror !== undefined && !existsSync(process.env['TF_CLI_CONFIG_FILE'] ?? '')) {
    const file = join(folder, 'cli.tfrc');
    writeFileSync(file, `disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
    process.env['TF_CLI_CONFIG_FILE'] = file;
  }
  driver = driverOf(new Placement(installation.db), {
    docker: host === undefined ? null : new DockerStacks(options, new Engine(host), host),
    aws: new AwsStacks(options, 'contract', async () => `token ${++tokens}`),
  });
});
afterAll(async () => {
  await installation.close();
  await moto?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(kinds)('the infrastructure of a deployment: %s', (kind) => {
  let id: string;
  const look = async (): Promise<Situation> => (await readSituation(installation.db, claim()))!;
  const claim = () => ({ organizationId: owner.organizationId, deploymentId: id, attempts: 0 }) as Parameters<typeof readSituation>[1];
  const hasStack = kind !== 'process';
  const make = async () => {
    const before = await look();
    if (!before.aws && before.infrastructure?.machineId == null) await driver.place(before);
    if (kind === 'docker') {
      await driver.configure(await look());
      // The agent's part.
      for (const each of [runFolderOf(join(folder, 'run'), id), dataFolderOf(join(folder, 'data'), id)])
        mkdirSync(each, { recursive: true });
    }
    if (hasStack) await driver.apply(await look(), () => {});
    else await driver.configure(await look());
  };

  beforeAll(async () => {
    if (kind === 'aws') await addAwsCell();
    else {
      const machineId = await installation.addMachine({ first: 20_000, last: 20_010 });
      if (kind === 'docker')
        await installation.sql('UPDATE machines SET docker = $2 WHERE id = $1', [
          uuidOf('machine', machineId),
          {
            image: (await new Engine(host!).findImage(image!))!.id,
            runFolder: join(folder, 'run'),
            dataFolder: join(folder, 'data'),
            uid: 65_534,
          },
        ]);
    }
    id = await installation.addDeployment(owner);
    await installation.sql('UPDATE deployments SET memory_bytes_max = 67108864 WHERE id = $1', [uuidOf('deployment', id)]);
    if (kind === 'aws') await installation.sql('UPDATE deployments SET dedicated = true WHERE id = $1', [uuidOf('deployment', id)]);
  });
  afterAll(async () => {
    await installation.sql('DELETE FROM deployments; DELETE FROM machines');
  });

  it('is placed once, and stays where it was placed', async () => {
    await driver.place(await look());
    const first = await look();
    await driver.place(first);
    const second = await look();
    expect(second.infrastructure?.machineId ?? second.aws?.cellId).toBe(first.infrastructure?.machineId ?? first.aws?.cellId);
    expect((await driver.inspect(second)).there).toBe(false);
  });

  it('is made, is seen from outside, and made again without a change', { timeout: 2 * RUN_MS_MAX }, async () => {
    await make();
    const made = await driver.inspect(await look());
    expect(made.there, made.facts.join(', ')).toBe(true);
    await make();
    expect(await driver.inspect(await look())).toEqual(made);
    if (hasStack) expect((await look()).stackGeneration).toBe(1);
  });

  if (kind === 'aws') {
    it('gives the machine a token in its secret until it has joined', async () => {
      const secret = JSON.parse(await readSecret('eu-central-1', `${nameOf(id)}/machine`)) as object;
      expect(secret).toEqual({ joinToken: `token ${tokens}`, controlPlane: 'https://machines.example.com' });
    });

    it('goes on from the sealed state when the run folder is lost, and removes what no state knows', { timeout: RUN_MS_MAX }, async () => {
      rmSync(join(folder, 'runs'), { recursive: true });
      const before = await driver.inspect(await look());
      const ec2 = new EC2Client({ region: 'eu-central-1' });
      // AWS made it though its terraform was killed; and somebody else's, who uses our account too.
      const volume = async (tags: Record<string, string>) => {
        const made = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: 'eu-central-1a', Size: 10 }));
        const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        await ec2.send(new CreateTagsCommand({ Resources: [made.VolumeId!], Tags }));
        return made.VolumeId!;
      };
      const orphan = await volume({ 'rookery:installation': 'contract', 'rookery:deployment': id });
      await volume({ 'rookery:installation': 'another', 'rookery:deployment': id });
      expect((await driver.inspect(await look())).facts).toContain(`volume ${orphan} available`);
      // It was whole before: the volume may be a tenant's.
      await driver.apply(await look(), () => {});
      expect((await driver.inspect(await look())).facts).toContain(`volume ${orphan} available`);
      await installation.sql('UPDATE deployment_stacks SET generation = 0');
      await driver.apply(await look(), () => {});
      expect(await driver.inspect(await look())).toEqual(before);
    });
  }

  it('is removed, and removed again; nothing is left outside', { timeout: 2 * RUN_MS_MAX }, async () => {
    if (hasStack) {
      await driver.destroy(await look(), () => {});
      expect(await driver.inspect(await look())).toEqual({ there: false, facts: [] });
      await driver.destroy(await look(), () => {});
      expect((await look()).stackGeneration).toBe(STACK_GONE);
      expect(existsSync(join(folder, 'runs', id))).toBe(false);
    }
    const last = await look();
    await driver.release(last);
    await driver.release(last);
    expect(await readSituation(installation.db, claim())).toBeNull();
    expect(await driver.inspect(last)).toEqual({ there: false, facts: [] });
  });
});

describeAws('a deployment with a machine of its own', () => {
  const wake = () => installation.sql('SELECT want_reconcile(organization_id, id) FROM deployments');
  const steps = async (id: string) =>
    (
      await installation.sql<{ steps: { name: string; state: string }[] }>(
        'SELECT steps FROM operations WHERE deployment_id = $1 ORDER BY id DESC LIMIT 1',
        [uuidOf('deployment', id)],
      )
    )[0]!.steps.map(({ name, state }) => `${name} ${state}`);

  it('goes from a wish over a joined machine to a running broker, and to nothing', { timeout: 3 * RUN_MS_MAX }, async () => {
    mkdirSync(join(folder, 'ca'));
    await CertificateAuthority.open(join(folder, 'ca'));
    await addAwsCell();
    const own = driverOf(new Placement(installation.db), {
      docker: null,
      aws: new AwsStacks(options, 'contract', joinTokensOf(installation.db)),
    });
    await installation.sql(`INSERT INTO machine_authority (id, certificate, sealed_key) VALUES ('one', $1, 'sealed')`, [
      readFileSync(join(folder, 'ca', 'ca.pem'), 'utf8'),
    ]);
    const reconciler = new Reconciler(installation.db, own, createLogger('test', 'silent'));
    const id = await installation.addDeployment(owner);
    await installation.sql('UPDATE deployments SET dedicated = true WHERE id = $1', [uuidOf('deployment', id)]);
    await reconciler.lookAtNext();
    expect(await steps(id)).toEqual(['place SUCCEEDED', 'apply SUCCEEDED', 'join RUNNING', 'configure PENDING', 'await PENDING']);
    // As the enrolment does with the token of the secret.
    const { joinToken } = JSON.parse(await readSecret('eu-central-1', `${nameOf(id)}/machine`)) as { joinToken: string };
    const [token] = await installation.sql<{ dedicated_to: string }>('SELECT dedicated_to FROM machine_join_tokens WHERE hash = $1', [
      hashJoinSecret(joinToken.split('.')[0]!),
    ]);
    const machineId = await installation.addMachine({ first: 20_000, last: 20_010 });
    await installation.sql('UPDATE machines SET dedicated_to = $2 WHERE id = $1', [uuidOf('machine', machineId), token!.dedicated_to]);
    await wake();
    await reconciler.lookAtNext();
    expect(await steps(id)).toEqual(['place SUCCEEDED', 'apply SUCCEEDED', 'join SUCCEEDED', 'configure SUCCEEDED', 'await RUNNING']);
    await installation.report(id, 'RUNNING');
    await reconciler.lookAtNext();
    expect(await installation.operations(id)).toMatchObject([{ verb: 'CREATE', state: 'SUCCEEDED', percent: 100 }]);
    expect(await installation.phase(id)).toBe('RUNNING');
    // Nobody else is placed on it.
    const other = await installation.addDeployment(owner);
    await installation.sql(`UPDATE cells SET "full" = true WHERE kind = 'aws'`);
    await reconciler.lookAtNext();
    expect(await installation.operations(other)).toMatchObject([{ state: 'FAILED', error_code: 'NO_CAPACITY' }]);
    const before = (await readSituation(installation.db, { organizationId: owner.organizationId, deploymentId: id } as never))!;
    await installation.wish(id, 'DELETED', 'DELETE');
    await reconciler.lookAtNext();
    expect(await installation.phase(id)).toBeUndefined();
    expect((await installation.operations(id)).at(-1)).toMatchObject({ verb: 'DELETE', state: 'SUCCEEDED' });
    expect(await driver.inspect(before)).toEqual({ there: false, facts: [] });
    expect(await installation.sql('SELECT 1 FROM machines WHERE dedicated_to IS NOT NULL')).toEqual([]);
  });
});

async function addAwsCell(): Promise<void> {
  const ec2 = new EC2Client({ region: 'eu-central-1' });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const AvailabilityZone = 'eu-central-1a';
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc!.VpcId, CidrBlock: '10.0.1.0/24', AvailabilityZone }));
  const facts = {
    region: 'eu-central-1',
    vpcId: Vpc!.VpcId,
    subnets: [{ id: Subnet!.SubnetId, availabilityZone: AvailabilityZone }],
    // One that moto knows.
    imageId: 'ami-1e749f67',
    instanceType: 't4g.medium',
    instanceTypes: [],
    dataGib: 10,
    finalSnapshot: false,
    kmsKeyArn: null,
    secretRecoveryDays: 0,
    controlPlaneUrl: 'https://machines.example.com',
  };
  await installation.sql(`INSERT INTO cells (id, region_id, name, kind, aws) VALUES ($1, 'local', $3, 'aws', $2)`, [
    uuidOf('cell', newId('cell')),
    facts,
    newId('cell'),
  ]);
}
