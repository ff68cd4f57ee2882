import { CreateClusterCommand, CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EcsServices } from './ecs.js';
import { scale, wishesOf } from './scale.js';

const moto = await motoForTests();

describe.skipIf(moto === null)('the services of the control plane on ECS', () => {
  let client: ECSClient;
  const addService = (cluster: string, serviceName: string, desiredCount: number) =>
    client.send(new CreateServiceCommand({ cluster, serviceName, taskDefinition: 'one', desiredCount, launchType: 'FARGATE' }));

  beforeAll(async () => {
    client = new ECSClient();
    await client.send(
      new RegisterTaskDefinitionCommand({ family: 'one', containerDefinitions: [{ name: 'one', image: 'one:1', memory: 128 }] }),
    );
    for (const clusterName of ['rookery', 'half']) await client.send(new CreateClusterCommand({ clusterName }));
    await addService('rookery', 'api', 2);
    await addService('rookery', 'worker', 1);
    await addService('half', 'api', 2);
  });
  afterAll(() => moto!.stop());

  it('are shown as they are, and changed only as wished', async () => {
    const ecs = new EcsServices('rookery');
    const desired = async (wishes: string[]) =>
      Object.fromEntries((await scale(ecs, wishesOf(wishes)!)).map((each) => [each.name, each.desired]));
    expect(await desired([])).toEqual({ api: 2, worker: 1 });
    expect(await desired(['worker=3'])).toEqual({ api: 2, worker: 3 });
    expect(await desired(['api=0', 'worker=1'])).toEqual({ api: 0, worker: 1 });
  });

  it('that are not all there are named, and nothing is changed', async () => {
    const half = new EcsServices('half');
    await expect(scale(half, wishesOf(['api=5'])!)).rejects.toThrow('The cluster half has no service worker');
    expect(await half.inspect(['api'])).toMatchObject([{ name: 'api', desired: 2 }]);
    await expect(scale(new EcsServices('nowhere'), new Map())).rejects.toThrow('Cluster not found');
  });
});

it.each([['api=-1'], ['api=21'], ['api=x'], ['edge=1'], ['api'], ['api=1', 'api=2']])('the wish %s is not understood', (...words) => {
  expect(wishesOf(words)).toBeNull();
});
