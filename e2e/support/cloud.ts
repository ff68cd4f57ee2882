/**
 * What AWS does and moto does not: a machine that Terraform has made boots once its volume is attached, and runs the user
 * data that moto holds for it; one that is stopped or terminated goes down. And what moto holds, told apart by deployment.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateVpcCommand,
  DescribeAddressesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  EC2Client,
  type Instance,
  type Tag,
} from '@aws-sdk/client-ec2';
import { GetInstanceProfileCommand, GetRoleCommand, IAMClient, ListInstanceProfilesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { runtimesBelow } from './runtimes.ts';

const POLL_MS = 300;
const DEVICE = '/dev/sdf';
const REGION = 'eu-central-1';
/** An image that moto knows. */
const IMAGE = 'ami-1e749f67';
/** Of which a deployment has exactly one while it is there. */
const KINDS = ['instance', 'data volume', 'address', 'security group', 'secret', 'role', 'profile'] as const;

export interface Machine {
  /** Where the sockets of its runtimes lie, where they are processes of this machine. */
  run: string | null;
  /** Goes down; its volume keeps what is on it. */
  down(): Promise<void>;
  /** Its volume is gone. */
  remove(): Promise<void>;
}

export interface Booted {
  instanceId: string;
  volumeId: string;
  userData: string;
}

/** Called for each boot of a machine, with the one that had this volume before. */
export type Boot = (booted: Booted, before: Machine | null) => Promise<Machine>;

export interface CloudOptions {
  endpoint: string;
  installation: string;
  /** Of the states of Terraform; null: they lie elsewhere. */
  bucket: string | null;
}

export class Cloud {
  /** What went wrong in the machines' place; a test shall look at it. */
  readonly problems: string[] = [];
  private readonly machines = new Map<string, { machine: Machine; instanceId: string; up: boolean }>();
  private readonly options: CloudOptions;
  private readonly boot: Boot;
  private readonly ec2: EC2Client;
  private readonly iam: IAMClient;
  private readonly s3: S3Client;
  private readonly secrets: SecretsManagerClient;
  private running = true;
  private readonly watching: Promise<void>;

  constructor(options: CloudOptions, boot: Boot) {
    this.options = options;
    this.boot = boot;
    const aws = { endpoint: options.endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    this.ec2 = new EC2Client(aws);
    this.iam = new IAMClient(aws);
    this.s3 = new S3Client({ ...aws, forcePathStyle: true });
    this.secrets = new SecretsManagerClient(aws);
    this.watching = this.watch();
  }

  /** What an operator says of a cell there. */
  async cell(controlPlaneUrl: string): Promise<object> {
    const { Vpcs = [] } = await this.ec2.send(new DescribeVpcsCommand({}));
    const vpcId = Vpcs[0]?.VpcId ?? (await this.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc!.VpcId!;
    const { Subnets = [] } = await this.ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }));
    const subnets = Subnets.slice(0, 2).map(({ SubnetId, AvailabilityZone }) => ({ id: SubnetId, availabilityZone: AvailabilityZone }));
    return { region: REGION, vpcId, subnets, imageId: IMAGE, dataGib: 10, finalSnapshot: false, secretRecoveryDays: 0, controlPlaneUrl };
  }

  /** Deployments of runtimes that run as processes of this machine. */
  brokers(): string[] {
    const runs = [...this.machines.values()].flatMap(({ machine }) => machine.run ?? []);
    return runs.flatMap((run) => runtimesBelow(`${run}/`).flatMap(({ broker, deploymentId }) => (broker ? [deploymentId] : [])));
  }

  /** What is there of each kind, as `instance i-…`, by deployment. */
  async resources(): Promise<Map<string, string[]>> {
    const Filters = [{ Name: 'tag:rookery:installation', Values: [this.options.installation] }];
    const [instances, volumes, addresses, groups, secrets, roles, profiles] = await Promise.all([
      this.instances(),
      this.ec2.send(new DescribeVolumesCommand({ Filters })),
      this.ec2.send(new DescribeAddressesCommand({ Filters })),
      this.ec2.send(new DescribeSecurityGroupsCommand({ Filters })),
      this.secrets.send(new ListSecretsCommand({})),
      this.iam.send(new ListRolesCommand({})),
      this.iam.send(new ListInstanceProfilesCommand({})),
    ]);
    const found: { kind: string; id: string; tags: Tag[] }[] = [
      ...instances.map(({ InstanceId, State, Tags = [] }) => ({ kind: 'instance', id: `${InstanceId!} ${State?.Name}`, tags: Tags })),
      ...(volumes.Volumes ?? []).map(({ VolumeId, Tags = [] }) => {
        const isData = Tags.some(({ Key, Value }) => Key === 'Name' && Value?.endsWith('-data'));
        return { kind: isData ? 'data volume' : 'root volume', id: VolumeId!, tags: Tags };
      }),
      ...(addresses.Addresses ?? []).map(({ AllocationId, Tags = [] }) => ({ kind: 'address', id: AllocationId!, tags: Tags })),
      ...(groups.SecurityGroups ?? []).map(({ GroupId, Tags = [] }) => ({ kind: 'security group', id: GroupId!, tags: Tags })),
      ...(secrets.SecretList ?? []).map(({ Name, Tags = [] }) => ({ kind: 'secret', id: Name!, tags: Tags as Tag[] })),
    ];
    for (const { RoleName } of roles.Roles ?? [])
      if (RoleName!.startsWith('rk-')) {
        const { Role } = await this.iam.send(new GetRoleCommand({ RoleName }));
        found.push({ kind: 'role', id: RoleName!, tags: (Role!.Tags ?? []) as Tag[] });
      }
    for (const { InstanceProfileName } of profiles.InstanceProfiles ?? [])
      if (InstanceProfileName!.startsWith('rk-')) {
        const { InstanceProfile } = await this.iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
        found.push({ kind: 'profile', id: InstanceProfileName!, tags: (InstanceProfile!.Tags ?? []) as Tag[] });
      }
    found.push(...(await this.states()));
    const byDeployment = new Map<string, string[]>();
    for (const { kind, id, tags } of found) {
      const deployment = tags.find(({ Key }) => Key === 'rookery:deployment')?.Value;
      if (deployment !== undefined) byDeployment.set(deployment, [...(byDeployment.get(deployment) ?? []), `${kind} ${id}`]);
    }
    return byDeployment;
  }

  /** What a deployment does not have exactly once. */
  async notOne(deploymentId: string): Promise<string[]> {
    const there = (await this.resources()).get(deploymentId) ?? [];
    return [...KINDS, ...(this.options.bucket === null ? [] : ['state'])].flatMap((kind) => {
      const count = there.filter((each) => each.startsWith(`${kind} `)).length;
      return count === 1 ? [] : [`${count} × ${kind} (${there.join(', ')})`];
    });
  }

  /** What belongs to none of these deployments, and what went wrong. */
  async complaints(deployments: readonly string[]): Promise<string[]> {
    const gone = [...(await this.resources())].filter(([id]) => !deployments.includes(id));
    return [...this.problems, ...gone.flatMap(([id, there]) => there.map((each) => `${each} of ${id}, which is gone`))];
  }

  async close(): Promise<void> {
    this.running = false;
    await this.watching;
    for (const { machine, up } of this.machines.values()) {
      if (up) await machine.down();
      await machine.remove();
    }
  }

  /** Sealed states, without those that are only marked as removed. */
  private async states(): Promise<{ kind: string; id: string; tags: Tag[] }[]> {
    const { bucket: Bucket } = this.options;
    if (Bucket === null) return [];
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'states/' }));
    const heads = await Promise.all(
      Contents.map(async ({ Key }) => ({ Key: Key!, ...(await this.s3.send(new HeadObjectCommand({ Bucket, Key: Key! }))) })),
    );
    return heads
      .filter(({ Metadata }) => Metadata?.['removed'] !== 'true')
      .map(({ Key }) => ({ kind: 'state', id: Key, tags: [{ Key: 'rookery:deployment', Value: /dep_\w+/.exec(Key)![0] }] }));
  }

  private async watch(): Promise<void> {
    for (; this.running; await sleep(POLL_MS))
      await this.look().catch((error: Error) => {
        if (this.running) this.problems.push(`the machines could not be looked after: ${error.message}`);
      });
  }

  private async look(): Promise<void> {
    const [instances, { Volumes = [] }] = await Promise.all([this.instances(), this.ec2.send(new DescribeVolumesCommand({}))]);
    const runs = (id: string) => instances.some(({ InstanceId, State }) => InstanceId === id && State?.Name === 'running');
    for (const [volumeId, entry] of this.machines) {
      if (entry.up && !runs(entry.instanceId)) {
        entry.up = false;
        await entry.machine.down();
      }
      if (Volumes.some((volume) => volume.VolumeId === volumeId)) continue;
      this.machines.delete(volumeId);
      await entry.machine.remove();
    }
    for (const { VolumeId: volumeId, Attachments = [] } of Volumes) {
      const instanceId = Attachments.find(({ Device }) => Device === DEVICE)?.InstanceId;
      const before = this.machines.get(volumeId!);
      if (instanceId === undefined || before?.up === true || !runs(instanceId)) continue;
      const userData = await this.userDataOf(instanceId);
      const machine = await this.boot({ instanceId, volumeId: volumeId!, userData }, before?.machine ?? null);
      this.machines.set(volumeId!, { machine, instanceId, up: true });
    }
  }

  private async instances(): Promise<Instance[]> {
    const { Reservations = [] } = await this.ec2.send(new DescribeInstancesCommand({}));
    return Reservations.flatMap(({ Instances = [] }) => Instances).filter(
      ({ State, Tags = [] }) =>
        State?.Name !== 'terminated' &&
        Tags.some(({ Key, Value }) => Key === 'rookery:installation' && Value === this.options.installation),
    );
  }

  private async userDataOf(InstanceId: string): Promise<string> {
    const { UserData } = await this.ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' }));
    return Buffer.from(UserData?.Value ?? '', 'base64').toString('utf8');
  }
}
