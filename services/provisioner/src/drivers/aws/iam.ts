/** Roles and instance profiles of machines, as far as Terraform does not know them: their names are ours, so they would be in the way. */
import type { IAMClient } from '@aws-sdk/client-iam';
import type { Owner } from './ec2.js';

type Sdk = typeof import('@aws-sdk/client-iam');
type Tags = readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined;

export class Iam {
  private readonly region: string;

  constructor(region: string) {
    this.region = region;
  }

  /** Whether role or profile of this name are there, with the owner's tags. */
  async has(name: string, owner: Owner): Promise<boolean> {
    return this.call(async (client, sdk) => (await roleOf(client, sdk, name, owner)) || (await profileOf(client, sdk, name, owner)));
  }

  /** Removes the instance profile of this name, where it carries the owner's tags. */
  async removeProfile(name: string, owner: Owner): Promise<void> {
    await this.call(async (client, sdk) => {
      if (!(await profileOf(client, sdk, name, owner))) return;
      const { InstanceProfile } = await client.send(new sdk.GetInstanceProfileCommand({ InstanceProfileName: name }));
      for (const { RoleName } of InstanceProfile?.Roles ?? [])
        await client.send(new sdk.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName }));
      await client.send(new sdk.DeleteInstanceProfileCommand({ InstanceProfileName: name }));
    });
  }

  /** Removes the role of this name with its policies, where it carries the owner's tags. Its profile must be gone. */
  async removeRole(name: string, owner: Owner): Promise<void> {
    await this.call(async (client, sdk) => {
      if (!(await roleOf(client, sdk, name, owner))) return;
      const { AttachedPolicies = [] } = await client.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName: name }));
      for (const { PolicyArn } of AttachedPolicies) await client.send(new sdk.DetachRolePolicyCommand({ RoleName: name, PolicyArn }));
      const { PolicyNames = [] } = await client.send(new sdk.ListRolePoliciesCommand({ RoleName: name }));
      for (const PolicyName of PolicyNames) await client.send(new sdk.DeleteRolePolicyCommand({ RoleName: name, PolicyName }));
      await client.send(new sdk.DeleteRoleCommand({ RoleName: name }));
    });
  }

  private async call<T>(work: (client: IAMClient, sdk: Sdk) => Promise<T>): Promise<T> {
    const sdk = await import('@aws-sdk/client-iam');
    const client = new sdk.IAMClient({ region: this.region });
    try {
      return await work(client, sdk);
    } finally {
      client.destroy();
    }
  }
}

function roleOf(client: IAMClient, sdk: Sdk, RoleName: string, owner: Owner): Promise<boolean> {
  return found(async () => (await client.send(new sdk.GetRoleCommand({ RoleName }))).Role?.Tags, owner);
}

function profileOf(client: IAMClient, sdk: Sdk, InstanceProfileName: string, owner: Owner): Promise<boolean> {
  return found(async () => (await client.send(new sdk.GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile?.Tags, owner);
}

async function found(tagsOf: () => Promise<Tags>, { installation, deploymentId }: Owner): Promise<boolean> {
  try {
    const tags = new Map((await tagsOf())?.map(({ Key, Value }) => [Key, Value]));
    return tags.get('rookery:installation') === installation && tags.get('rookery:deployment') === deploymentId;
  } catch (error) {
    if ((error as Error).name.startsWith('NoSuchEntity')) return false;
    throw error;
  }
}
