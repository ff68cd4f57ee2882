/**
 * One organization queues many creates at once; what another one's create takes meanwhile, against its time alone. Time is
 * from the mutation to the first CONNACK, in the median of several; the bar is a ratio of two figures of one run.
 */
import { signalProcess } from '@rookery/service-kit/processes';
import { createToConnack } from '../support/create-to-connack.ts';
import { percentile } from '../../bench/report.ts';
import { Api } from '../support/api.ts';
import { signUp } from '../support/people.ts';
import { freePorts, keepLogs, processesOf, type RunningSystem, startSystem } from '../support/system.ts';

const RATIO_MAX = 2;
const SAMPLES = 7;
const SAMPLES_MIN = 3;
/** Requests of the busy organization under way at a time. */
const ASKING = 20;

export interface FairnessOptions {
  /** Creates that the busy organization queues, as processes. */
  creates: number;
  /** The same as containers, where DOCKER_HOST names an engine. */
  containers: number;
  say: (line: string) => void;
}

export async function fairness({ creates, containers, say }: FairnessOptions): Promise<void> {
  const docker = process.env['DOCKER_HOST'] !== undefined;
  const first = await freePorts(100);
  const system = await startSystem({
    ROOKERY_MQTT_PORTS: '30000-30999',
    ...(docker ? { ROOKERY_DOCKER: 'auto', ROOKERY_DOCKER_MQTT_PORTS: `${first}-${first + 99}` } : {}),
  });
  try {
    await oneKind(system, { region: 'local', creates, say });
    if (docker) await oneKind(system, { region: 'local-docker', creates: containers, say });
  } catch (error) {
    say(`logs kept in ${keepLogs(system, 'fairness')}`);
    throw error;
  } finally {
    await system.stop();
    system.remove();
  }
}

interface Kind {
  region: string;
  creates: number;
  say: (line: string) => void;
}

async function oneKind(system: RunningSystem, { region, creates, say }: Kind): Promise<void> {
  const busy = await signUp(system.ready.consoleUrl);
  const other = await signUp(system.ready.consoleUrl);
  await other.untilRegion(region);
  const once = (name: string) => createToConnack(other, system.ca, name, region);
  await once('warm');
  const alone: number[] = [];
  for (let i = 0; i < SAMPLES; i++) alone.push(await once(`alone-${i}`));
  // The worker stands still until all are queued: the api takes them slower than they are served.
  const workers = processesOf(system, 'worker');
  for (const worker of workers) signalProcess(worker, 'SIGSTOP');
  const queued = await queue(busy, region, creates).finally(() => {
    for (const worker of workers) signalProcess(worker, 'SIGCONT');
  });
  const startedAt = Date.now();
  const beside: number[] = [];
  // Only what was begun while the others' creates were open counts.
  for (let i = 0; i < SAMPLES && (await openOf(busy)) > 0; i++) beside.push(await once(`beside-${i}`));
  await untilServed(busy);
  const [seconds, failed] = [(Date.now() - startedAt) / 1_000, await failures(busy)];
  const ratio = percentile(beside, 0.5) / percentile(alone, 0.5);
  say(
    `${region}: alone ${words(alone)}; beside ${creates} queued creates ${words(beside)}; ratio ${ratio.toFixed(2)} (bar ${RATIO_MAX}); ` +
      `all theirs done after ${seconds.toFixed(1)} s, ${failed} failed`,
  );
  if (failed > 0) throw new Error(`${failed} creates failed`);
  if (beside.length < SAMPLES_MIN) throw new Error('the busy organization was served before the other could be measured: queue more');
  if (ratio > RATIO_MAX) throw new Error(`another organization's create took ${ratio.toFixed(2)} times as long`);
  await Promise.all(queued.map((id) => busy.mutate('deleteDeployment', 'operation { id }', { id })));
  await untilServed(busy);
}

function words(times: readonly number[]): string {
  const [p50, most] = [percentile(times, 0.5), Math.max(...times)].map(Math.round);
  return `${p50} ms in the median of ${times.length}, ${most} ms at most`;
}

/** Resolves to the ids once all are asked for. */
async function queue(api: Api, region: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  let next = 0;
  const ask = async () => {
    while (next < count) {
      const { deployment } = await api.mutate('createDeployment', 'deployment { id }', { name: `queued-${next++}`, region });
      ids.push(deployment.id);
    }
  };
  await Promise.all(Array.from({ length: ASKING }, ask));
  return ids;
}

/** Asked seldom: whoever asks takes processor time, and has a budget of questions. */
async function untilServed(api: Api): Promise<void> {
  const deadline = Date.now() + 300_000;
  while ((await openOf(api)) > 0) {
    if (Date.now() > deadline) throw new Error('the busy organization was not served in five minutes');
    await new Promise((wake) => setTimeout(wake, 1_000));
  }
}

async function openOf(api: Api): Promise<number> {
  return (await states(api)).filter((state) => state === 'PENDING' || state === 'RUNNING').length;
}

async function failures(api: Api): Promise<number> {
  return (await states(api)).filter((state) => state === 'FAILED').length;
}

async function states(api: Api): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = null; ; ) {
    const { operations } = await api.query(
      'query ($after: String) { operations(first: 100, after: $after) { nodes { state } pageInfo { hasNextPage endCursor } } }',
      { after },
    );
    found.push(...operations.nodes.map(({ state }: { state: string }) => state));
    if (!operations.pageInfo.hasNextPage) return found;
    after = operations.pageInfo.endCursor;
  }
}
