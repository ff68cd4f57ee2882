/**
 * Deployments of a cell of kind aws: one stack each, with a machine of their own. The machine joins by a token that lies in
 * its secret; the token is made when the machine is, and again with every apply until it has joined. Before every run what
 * an earlier run left outside its state is removed.
 */
import type { AwsFacts } from '@rookery/contracts/cells';
import type { Drift } from '@rookery/contracts/drift';
import { readSecret, writeSecret } from '@rookery/service-kit/aws/secrets-manager';
import type { Comparer } from '../../drift/comparison.js';
import { STACK_GONE } from '../../reconcile/steps.js';
import type { Situation } from '../../reconcile/situation.repository.js';
import { failpoint } from '../../worker/failpoint.js';
import { Leftovers } from '../aws/leftovers.js';
import type { Infrastructure, Progress, Stacks } from '../stacks.js';
import { Stack, type StackKind, type StackOptions } from './stack.js';

const STACK: StackKind = {
  name: 'dedicated-aws',
  passedOn: [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_PROFILE',
    'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE',
    'AWS_ROLE_ARN',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    'AWS_EC2_METADATA_DISABLED',
    'AWS_ENDPOINT_URL',
  ],
  // A machine that stops before its volume is let go takes minutes.
  timeoutMs: 15 * 60_000,
};
const GIB = 1024 ** 3;
/** Of a store's bound: its log is rewritten into a copy of itself. */
const VOLUME_FACTOR = 2;
/** Names of AWS have room for so much of a deployment's id: its random part. */
const ID_CHARACTERS = 20;

/**
 * Makes the token by which the machine of a deployment joins the cell. `before`: the one that was made last, which is kept
 * while it lets a machine in, for the machine may have it in hand already.
 */
export type MakeJoinToken = (owner: { cellId: string; deploymentId: string }, before: string | null) => Promise<string>;

export class AwsStacks implements Stacks, Comparer {
  /** A machine holds a tenant's only copy: what differs there is for people to judge. */
  readonly heals = false;

  constructor(
    private readonly options: StackOptions,
    private readonly installation: string,
    private readonly makeJoinToken: MakeJoinToken,
  ) {}

  async apply(situation: Situation, progress: Progress): Promise<void> {
    const { deployment, aws, stackGeneration } = situation;
    const stack = this.stackOf(situation);
    // Once it was whole, a volume may hold a tenant's data.
    await this.leftoversOf(situation).remove(await stack.known(), { keepVolumes: stackGeneration > 0 });
    failpoint('before-apply');
    await stack.apply(this.variables(situation), ({ message }) => progress(message));
    failpoint('applied');
    if (aws!.machineId === null) {
      const { region, controlPlaneUrl: controlPlane } = aws!.facts;
      const arn = stack.output('secret_arn');
      const joinToken = await this.makeJoinToken({ cellId: aws!.cellId, deploymentId: deployment.id }, await tokenIn(region, arn));
      await writeSecret(region, arn, JSON.stringify({ joinToken, controlPlane }));
    }
    failpoint('token-written');
    await stack.note(deployment.generation);
  }

  async destroy(situation: Situation, progress: Progress): Promise<void> {
    failpoint('before-destroy');
    const stack = this.stackOf(situation);
    const leftovers = this.leftoversOf(situation);
    // What is in the way of what the state knows: a machine that holds a known volume.
    await leftovers.remove(await stack.known(), { keepVolumes: false });
    await stack.destroy(this.variables(situation), ({ message }) => progress(message));
    failpoint('folder-removed');
    await leftovers.remove([], { keepVolumes: false });
    await stack.note(STACK_GONE);
  }

  compare(situation: Situation): Promise<Drift | null> {
    return this.stackOf(situation).drift(this.variables(situation));
  }

  async inspect(situation: Situation): Promise<Infrastructure> {
    const { ec2, secret, role } = await this.leftoversOf(situation).inventory();
    const facts = ec2.map(({ kind, id, state }) => `${kind} ${id}${state === '' ? '' : ` ${state}`}`);
    return { there: ec2.length > 0 || secret || role, facts: [...facts, ...(secret ? ['secret'] : []), ...(role ? ['role'] : [])] };
  }

  private leftoversOf({ deployment, aws }: Situation): Leftovers {
    const name = nameOf(deployment.id);
    const owner = { installation: this.installation, deploymentId: deployment.id };
    return new Leftovers(aws!.facts.region, owner, { secret: `${name}/machine`, role: `${name}-machine` });
  }

  private stackOf({ deployment: { organizationId, id } }: Situation): Stack {
    return new Stack(this.options, { organizationId, deploymentId: id }, STACK);
  }

  private variables({ deployment, aws }: Situation): object {
    const { facts, cellName } = aws!;
    const subnet = subnetOf(facts, deployment.id);
    const storeGib = Math.ceil((VOLUME_FACTOR * deployment.quotas.storeBytesMax) / GIB);
    return {
      region: facts.region,
      machine: {
        name: nameOf(deployment.id),
        installation: this.installation,
        deployment_id: deployment.id,
        organization_id: deployment.organizationId,
        vpc_id: facts.vpcId,
        subnet_id: subnet.id,
        availability_zone: subnet.availabilityZone,
        image_id: facts.imageId,
        instance_type: facts.instanceTypes.find(({ planId }) => planId === deployment.planId)?.instanceType ?? facts.instanceType,
        data_gib: Math.max(facts.dataGib, storeGib),
        final_snapshot: facts.finalSnapshot,
        kms_key_arn: facts.kmsKeyArn,
        secret_recovery_days: facts.secretRecoveryDays,
        // Where the control plane is, the secret says.
        joins: { region: deployment.regionId, cell: cellName },
      },
    };
  }
}

/** Null: nothing was put into the secret yet. */
async function tokenIn(region: string, arn: string): Promise<string | null> {
  const text = await readSecret(region, arn).catch((error: Error) => {
    if (error.name === 'ResourceNotFoundException') return null;
    throw error;
  });
  return text === null ? null : ((JSON.parse(text) as { joinToken?: string }).joinToken ?? null);
}

/** Begins the name of everything that is made for it. */
export function nameOf(deploymentId: string): string {
  return `rk-${deploymentId.slice(-ID_CHARACTERS)}`;
}

/** Always the same one, so that a machine and its volume stay where they are. */
function subnetOf({ subnets }: AwsFacts, deploymentId: string): AwsFacts['subnets'][number] {
  const sum = Buffer.from(deploymentId).reduce((total, byte) => total + byte, 0);
  return subnets[sum % subnets.length]!;
}
