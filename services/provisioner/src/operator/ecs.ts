/** The control plane's services on Amazon ECS: how many tasks, and what happened last. The SDK is loaded at the first call. */
import type { ECSClient, Service } from '@aws-sdk/client-ecs';

export interface ServiceFacts {
  name: string;
  desired: number;
  running: number;
  pending: number;
  /** Of the newest deployment: COMPLETED, IN_PROGRESS, FAILED; null where ECS does not say. */
  rollout: string | null;
  /** Newest first. */
  events: readonly { at: Date; message: string }[];
}

const EVENTS_MAX = 3;

export class EcsServices {
  private client: Promise<ECSClient> | undefined;

  /** `cluster`: name or ARN. */
  constructor(private readonly cluster: string) {}

  /** Throws where the cluster or one of the services is not there. */
  async inspect(names: readonly string[]): Promise<ServiceFacts[]> {
    const { DescribeServicesCommand } = await import('@aws-sdk/client-ecs');
    const found = await (await this.open()).send(new DescribeServicesCommand({ cluster: this.cluster, services: [...names] }));
    const missing = (found.failures ?? []).map(({ arn }) => arn?.split('/').at(-1));
    if (missing.length > 0) throw new Error(`The cluster ${this.cluster} has no service ${missing.join(', ')}`);
    return (found.services ?? []).map(factsOf);
  }

  /** ECS starts or stops tasks until there are so many. */
  async scale(name: string, tasks: number): Promise<void> {
    const { UpdateServiceCommand } = await import('@aws-sdk/client-ecs');
    await (await this.open()).send(new UpdateServiceCommand({ cluster: this.cluster, service: name, desiredCount: tasks }));
  }

  private open(): Promise<ECSClient> {
    this.client ??= import('@aws-sdk/client-ecs').then(({ ECSClient }) => new ECSClient());
    return this.client;
  }
}

function factsOf({ serviceName, desiredCount, runningCount, pendingCount, deployments, events }: Service): ServiceFacts {
  return {
    name: serviceName!,
    desired: desiredCount ?? 0,
    running: runningCount ?? 0,
    pending: pendingCount ?? 0,
    rollout: deployments?.find(({ status }) => status === 'PRIMARY')?.rolloutState ?? null,
    events: (events ?? []).slice(0, EVENTS_MAX).map(({ createdAt, message }) => ({ at: createdAt!, message: message! })),
  };
}
