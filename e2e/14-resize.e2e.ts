/** Story 14: the plan of a deployment changes under its clients, and none of them notices more than the new limits. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { Api, type Deployed } from './support/api.ts';
import { connectTls, nextMessage } from './support/clients.ts';
import { runtimeProcesses } from './support/runtimes.ts';

describe('resize', () => {
  const system = inject('system');
  const api = new Api(system.graphqlUrl, system.apiKey);
  const ca = readFileSync(system.caFile, 'utf8');
  let deployed: Deployed;

  beforeAll(async () => {
    deployed = await api.deploy('resized', { planId: 'LOCAL' });
  });

  const brokers = () =>
    runtimeProcesses(system, deployed.id)
      .filter(({ broker }) => broker)
      .map(({ pid }) => pid);
  const resize = async (planId: string) => {
    const { operation } = await api.mutate('resizeDeployment', 'operation { id verb }', { id: deployed.id, planId });
    expect(operation.verb).toBe('RESIZE');
    expect(await api.operation(operation.id)).toMatchObject({ state: 'SUCCEEDED' });
    await api.untilApplied(deployed.id);
  };
  const filters = (count: number) => Array.from({ length: count }, (_, index) => `many/${index}`);

  it('gives a live session the new limits and cuts nobody off; what was acknowledged is there', async () => {
    const stored = await connectTls(deployed, { ca, clientId: 'stored', clean: false, properties: { sessionExpiryInterval: 600 } });
    await stored.subscribeAsync('jobs/#', { qos: 1 });
    await stored.endAsync();
    const device = await connectTls(deployed, { ca, clientId: 'device' });
    let closed = 0;
    device.on('close', () => closed++);
    await device.subscribeAsync(filters(20), { qos: 1 });
    const before = brokers();

    let acknowledged = 0;
    let publishing = true;
    const stream = (async () => {
      while (publishing) {
        await device.publishAsync('jobs/1', `job ${acknowledged}`, { qos: 1 });
        acknowledged++;
        // Serverless takes ten a second of one client.
        await new Promise((wake) => setTimeout(wake, 110));
      }
    })();
    await resize('SERVERLESS');
    await expect(device.subscribeAsync('one/more', { qos: 1 })).rejects.toThrow(/quota/i);
    await resize('LOCAL');
    await device.subscribeAsync('one/more', { qos: 1 });
    publishing = false;
    await stream;

    expect(closed).toBe(0);
    expect(brokers()).toEqual(before);
    const back = await connectTls(deployed, { ca, clientId: 'stored', clean: false, properties: { sessionExpiryInterval: 600 } });
    for (let index = 0; index < acknowledged; index++) expect((await nextMessage(back)).payload).toBe(`job ${index}`);
    await Promise.all([device.endAsync(), back.endAsync()]);
  });

  it('says what does not fit a smaller plan, and what no plan change can do', async () => {
    const change = (planId: string) => api.tryMutate('resizeDeployment', 'operation { id }', { id: deployed.id, planId });
    expect((await change('DEDICATED_1K')).userErrors).toMatchObject([{ code: 'PLAN_CHANGE_NEEDS_MOVE', path: ['input', 'planId'] }]);
    expect((await change('LOCAL')).userErrors).toMatchObject([{ code: 'INVALID_INPUT', message: 'It has this plan already.' }]);
  });
});
