/**
 * What AWS holds for a deployment and no state of Terraform knows: AWS finishes requests whose terraform was killed. Only
 * what carries the tags of this installation and this deployment is ever touched.
 */
import { describeSecret, removeSecret } from '@rookery/service-kit/aws/secrets-manager';
import type { KnownResource } from '../terraform/stack.js';
import { Ec2, type Ec2Kind, type Ec2Resource, type Owner } from './ec2.js';
import { Iam } from './iam.js';

/** A machine holds its volume, its address and its group; a group takes its rules with it. */
const ORDER: readonly Ec2Kind[] = ['instance', 'address', 'volume', 'securityGroup', 'rule'];

export interface Names {
  /** Name of the secret. */
  secret: string;
  /** Name of the role and of the instance profile. */
  role: string;
}

export class Leftovers {
  private readonly ec2: Ec2;
  private readonly iam: Iam;

  constructor(
    private readonly region: string,
    private readonly owner: Owner,
    private readonly names: Names,
  ) {
    this.ec2 = new Ec2(region);
    this.iam = new Iam(region);
  }

  /** All that is there, known or not. */
  async inventory(): Promise<{ ec2: Ec2Resource[]; secret: boolean; role: boolean }> {
    const [ec2, secret, role] = await Promise.all([this.ec2.list(this.owner), this.hasSecret(), this.iam.has(this.names.role, this.owner)]);
    return { ec2, secret, role };
  }

  /**
   * Removes what is not among `known`. `keepVolumes`: a volume may hold a tenant's data, and is left for an operator to
   * judge.
   */
  async remove(known: readonly KnownResource[], { keepVolumes }: { keepVolumes: boolean }): Promise<void> {
    const isKnown = (id: string) => known.some((each) => each.id === id);
    // The root volume of a machine is in no state, and goes with the machine.
    const unknown = (await this.ec2.list(this.owner)).filter(({ id, heldBy = [] }) => !isKnown(id) && !heldBy.some(isKnown));
    for (const kind of ORDER)
      for (const resource of unknown.filter((each) => each.kind === kind))
        if (!(keepVolumes && kind === 'volume')) await this.ec2.remove(resource);
    const knows = (type: string) => known.some((each) => each.type === type);
    if (!knows('aws_secretsmanager_secret') && (await this.hasSecret())) await removeSecret(this.region, this.names.secret);
    if (!knows('aws_iam_instance_profile')) await this.iam.removeProfile(this.names.role, this.owner);
    if (!knows('aws_iam_role')) await this.iam.removeRole(this.names.role, this.owner);
  }

  private async hasSecret(): Promise<boolean> {
    const found = await describeSecret(this.region, this.names.secret);
    if (found === null || found.deleted) return false;
    return (
      found.tags.get('rookery:installation') === this.owner.installation && found.tags.get('rookery:deployment') === this.owner.deploymentId
    );
  }
}
