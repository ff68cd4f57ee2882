/** `operator.js scale [api=3 worker=2]`: changes how many tasks ECS runs of each service, and shows what is there. */
import { loadConfig } from '@rookery/service-kit/load-config';
import { z } from 'zod';
import { EcsServices, type ServiceFacts } from './ecs.js';

export const SCALE_USAGE = 'npm run operator -- scale [api=3] [worker=2]';
const SERVICES = ['api', 'worker'] as const;
const TASKS_MAX = 20;
const configSchema = z.object({ ROOKERY_ECS_CLUSTER: z.string('must be the name of the cluster (the output cluster_name)').min(1) });

/** Resolves to the exit code. */
export async function scaleCommand(words: readonly string[]): Promise<number> {
  const wishes = wishesOf(words);
  if (wishes === null) {
    console.error(`Usage: ${SCALE_USAGE} (0 to ${TASKS_MAX} tasks)`);
    return 2;
  }
  const { ROOKERY_ECS_CLUSTER } = await loadConfig(configSchema, process.env);
  console.log((await scale(new EcsServices(ROOKERY_ECS_CLUSTER), wishes)).map(inWords).join('\n'));
  return 0;
}

/** All services are looked for first: a wish that cannot be met changes nothing. */
export async function scale(ecs: EcsServices, wishes: ReadonlyMap<string, number>): Promise<ServiceFacts[]> {
  await ecs.inspect(SERVICES);
  for (const [service, tasks] of wishes) await ecs.scale(service, tasks);
  return ecs.inspect(SERVICES);
}

/** `api=3 worker=2`. Null: not understood. */
export function wishesOf(words: readonly string[]): Map<string, number> | null {
  const wishes = new Map<string, number>();
  for (const word of words) {
    const { service, tasks } = /^(?<service>[a-z]+)=(?<tasks>\d{1,2})$/.exec(word)?.groups ?? {};
    if (!SERVICES.some((each) => each === service) || Number(tasks) > TASKS_MAX || wishes.has(service!)) return null;
    wishes.set(service!, Number(tasks));
  }
  return wishes;
}

function inWords({ name, desired, running, pending, rollout, events }: ServiceFacts): string {
  const head = `${name}: ${running} of ${desired} run, ${pending} start${rollout === null ? '' : `; last deployment ${rollout}`}`;
  return [head, ...events.map(({ at, message }) => `  ${at.toISOString()} ${message}`)].join('\n');
}
