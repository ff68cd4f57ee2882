/** The few calls of EC2 that Terraform is not for: what is there under our tags, and removing what no state knows. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EC2Client, Filter } from '@aws-sdk/client-ec2';

/** Tags that only this installation sets, on what belongs to one deployment. */
export interface Owner {
  installation: string;
  deploymentId: string;
}

export type Ec2Kind = 'instance' | 'volume' | 'address' | 'securityGroup' | 'rule';
export interface Ec2Resource {
  kind: Ec2Kind;
  /** As Terraform has it in its state: i-…, vol-…, eipalloc-…, sg-…, sgr-…. */
  id: string;
  /** Of a volume: machines that hold it. */
  heldBy?: string[];
  /** Of a rule: its security group, and which way it is for. */
  rule?: { groupId: string; egress: boolean };
  /** Of a machine: pending, running, stopping, stopped; of a volume: available, in-use, …; else empty. */
  state: string;
}

const GONE = ['terminated', 'shutting-down'];
const WAIT_SECONDS = 120;
const POLL_MS = 2_000;
/** What was removed meanwhile, by Terraform or by an earlier try. */
const MISSING = /NotFound|does not exist/;

export class Ec2 {
  private readonly region: string;
  private client: Promise<EC2Client> | undefined;

  constructor(region: string) {
    this.region = region;
  }

  /** Machines, volumes, addresses, security groups and their rules with both tags. */
  async list(owner: Owner): Promise<Ec2Resource[]> {
    const sdk = await import('@aws-sdk/client-ec2');
    const client = await this.open();
    const Filters = filtersOf(owner);
    const [instances, volumes, addresses, groups, rules] = await Promise.all([
      client.send(new sdk.DescribeInstancesCommand({ Filters })),
      client.send(new sdk.DescribeVolumesCommand({ Filters })),
      client.send(new sdk.DescribeAddressesCommand({ Filters })),
      client.send(new sdk.DescribeSecurityGroupsCommand({ Filters })),
      client.send(new sdk.DescribeSecurityGroupRulesCommand({ Filters })),
    ]);
    const machines = (instances.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
    return [
      ...machines.map(({ InstanceId, State }) => ({ kind: 'instance' as const, id: InstanceId!, state: State?.Name ?? '' })),
      ...(volumes.Volumes ?? []).map(({ VolumeId, State, Attachments = [] }) => {
        const heldBy = Attachments.flatMap(({ InstanceId }) => InstanceId ?? []);
        return { kind: 'volume' as const, id: VolumeId!, state: State ?? '', heldBy };
      }),
      ...(addresses.Addresses ?? []).map(({ AllocationId }) => ({ kind: 'address' as const, id: AllocationId!, state: '' })),
      ...(groups.SecurityGroups ?? []).map(({ GroupId }) => ({ kind: 'securityGroup' as const, id: GroupId!, state: '' })),
      ...(rules.SecurityGroupRules ?? []).map(({ SecurityGroupRuleId, GroupId, IsEgress }) => {
        return { kind: 'rule' as const, id: SecurityGroupRuleId!, state: '', rule: { groupId: GroupId!, egress: IsEgress === true } };
      }),
    ].filter(({ state }) => !GONE.includes(state));
  }

  /** Resolves once it is gone; does nothing when it was gone before. */
  async remove({ kind, id, rule }: Ec2Resource): Promise<void> {
    const sdk = await import('@aws-sdk/client-ec2');
    const client = await this.open();
    try {
      if (kind === 'instance') {
        await client.send(new sdk.TerminateInstancesCommand({ InstanceIds: [id] }));
        await sdk.waitUntilInstanceTerminated({ client, maxWaitTime: WAIT_SECONDS }, { InstanceIds: [id] });
      } else if (kind === 'volume') {
        await this.untilFree(id);
        await client.send(new sdk.DeleteVolumeCommand({ VolumeId: id }));
      } else if (kind === 'address') {
        const { Addresses = [] } = await client.send(new sdk.DescribeAddressesCommand({ AllocationIds: [id] }));
        for (const { AssociationId } of Addresses)
          if (AssociationId) await client.send(new sdk.DisassociateAddressCommand({ AssociationId }));
        await client.send(new sdk.ReleaseAddressCommand({ AllocationId: id }));
      } else if (rule !== undefined) {
        const one = { GroupId: rule.groupId, SecurityGroupRuleIds: [id] };
        if (rule.egress) await client.send(new sdk.RevokeSecurityGroupEgressCommand(one));
        else await client.send(new sdk.RevokeSecurityGroupIngressCommand(one));
      } else await client.send(new sdk.DeleteSecurityGroupCommand({ GroupId: id }));
    } catch (error) {
      if (!MISSING.test(`${(error as Error).name} ${(error as Error).message}`)) throw error;
    }
  }

  /** A machine lets go of its volumes some time after its end. */
  private async untilFree(volumeId: string): Promise<void> {
    const { DescribeVolumesCommand } = await import('@aws-sdk/client-ec2');
    const client = await this.open();
    for (const started = Date.now(); Date.now() - started < WAIT_SECONDS * 1_000; await sleep(POLL_MS)) {
      const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ VolumeIds: [volumeId] }));
      if (Volumes.every(({ State }) => State === 'available')) return;
    }
    throw new Error(`The volume ${volumeId} is still held by a machine`);
  }

  private open(): Promise<EC2Client> {
    this.client ??= import('@aws-sdk/client-ec2').then(({ EC2Client }) => new EC2Client({ region: this.region }));
    return this.client;
  }
}

function filtersOf({ installation, deploymentId }: Owner): Filter[] {
  return [
    { Name: 'tag:rookery:installation', Values: [installation] },
    { Name: 'tag:rookery:deployment', Values: [deploymentId] },
  ];
}
