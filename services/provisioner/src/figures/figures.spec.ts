import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { MetricsNamespace, namespaceSchema } from '@rookery/service-kit/aws/cloudwatch';
import { createLogger } from '@rookery/service-kit/log';
import { motoForTests } from '@rookery/service-kit/test-support/moto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startInstallation } from '../test-support/installation.js';
import { configSchema } from '../worker/config.js';
import { startWorker } from '../worker/start-worker.js';
import { readFigures } from './figures.js';

const moto = await motoForTests();
let installation: Installation;
let owner: { organizationId: string; projectId: string };

const figures = async () => {
  const read = await readFigures(installation.db, 60);
  return Object.fromEntries(read.map(({ name, value, dimensions = {} }) => [[name, ...Object.values(dimensions)].join(' '), value]));
};

beforeAll(async () => {
  installation = await startInstallation();
  owner = await installation.addOrganization();
});
afterAll(async () => {
  await installation.close();
  await moto?.stop();
});

describe('the figures of the control plane', () => {
  it('tell what is open, due, tried again, stuck and failed, and for how long the queue waits', async () => {
    expect(await figures()).toMatchObject({ OperationsOpen: 0, QueueDue: 0, QueueWait: 0, MachinesUp: 0, 'Deployments RUNNING': 0 });
    const id = await installation.addDeployment(owner);
    await installation.addDeployment(owner);
    expect(await figures()).toMatchObject({ OperationsOpen: 2, OperationsStuck: 0, QueueDue: 2, 'Deployments CREATING': 2 });
    await installation.sql("UPDATE reconciliations SET due_at = now() - interval '90 seconds', attempts = 3");
    await installation.sql("UPDATE operations SET created_at = now() - interval '1 hour'");
    const later = await figures();
    expect(later).toMatchObject({ OperationsStuck: 2, DeploymentsTriedAgain: 2 });
    expect(later['QueueWait']).toBeGreaterThanOrEqual(90);
    await installation.sql("UPDATE operations SET state = 'FAILED', finished_at = now()");
    await installation.sql('DELETE FROM reconciliations');
    expect(await figures()).toMatchObject({ OperationsOpen: 0, OperationsStuck: 0, OperationsFailed: 2, QueueDue: 0, QueueWait: 0 });
    await installation.sql("UPDATE operations SET finished_at = now() - interval '2 minutes'");
    expect(await figures()).toMatchObject({ OperationsFailed: 0 });
    expect(id).toBeDefined();
  });

  it('tell how many machines are lost, and what room the others have', async () => {
    await installation.addMachine({ first: 20_000, last: 20_009 });
    await installation.addMachine({ first: 20_000, last: 20_029 });
    await installation.sql(`INSERT INTO machine_ports (machine_id, port, organization_id, deployment_id, kind)
      SELECT m.id, 20000, d.organization_id, d.id, 'mqtts' FROM (SELECT id FROM machines LIMIT 1) m, (SELECT * FROM deployments LIMIT 1) d`);
    expect(await figures()).toMatchObject({ MachinesUp: 2, MachinesLost: 0, 'PortsFree local': 39, 'PortsFreeShare local': 97.5 });
    await installation.sql('UPDATE machines SET lost_at = now()');
    const lost = await figures();
    expect(lost).toMatchObject({ MachinesUp: 0, MachinesLost: 2 });
    expect(lost).not.toHaveProperty('PortsFree local');
  });

  it.skipIf(moto === null)(
    'are published by one of all workers, in the namespace that the setting names',
    { timeout: 30_000 },
    async () => {
      const { provisionerUrl, jobsUrl } = installation.database;
      const settings = { PROVISIONER_DATABASE_URL: provisionerUrl, JOBS_DATABASE_URL: jobsUrl, LOG_LEVEL: 'silent' };
      const config = configSchema.parse({ ...settings, ROOKERY_CLOUDWATCH: 'Rookery/test', ROOKERY_CLOUDWATCH_SECONDS: '1' });
      const log = createLogger('test', 'silent');
      const workers = [await startWorker(config, log), await startWorker(config, log)];
      const client = new CloudWatchClient();
      const listed = async () => (await client.send(new ListMetricsCommand({ Namespace: 'Rookery/test' }))).Metrics ?? [];
      await expect.poll(async () => (await listed()).length, { timeout: 10_000 }).toBeGreaterThan(15);
      for (const worker of workers) await worker.close();
      expect(await listed()).toContainEqual(
        expect.objectContaining({ MetricName: 'Deployments', Dimensions: [{ Name: 'Phase', Value: 'FAILED' }] }),
      );
      const now = Date.now();
      const asked = { Namespace: 'Rookery/test', MetricName: 'MachinesLost', Period: 60, Statistics: ['Maximum' as const] };
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({ ...asked, StartTime: new Date(now - 600_000), EndTime: new Date(now + 60_000) }),
      );
      expect(Datapoints.map(({ Maximum }) => Maximum)).toContain(2);
    },
  );

  it.skipIf(moto === null)('say why when CloudWatch refuses them', async () => {
    const namespace = new MetricsNamespace('Rookery/test');
    const before = process.env['AWS_ENDPOINT_URL'];
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:9';
    await expect(namespace.publish([{ name: 'One', value: 1, unit: 'Count' }], new Date())).rejects.toThrow('ECONNREFUSED');
    process.env['AWS_ENDPOINT_URL'] = before;
    namespace.close();
  });
});

it.each(['', 'AWS/EC2', 'with space', 'a'.repeat(256)])('the namespace %j is refused', (name) => {
  expect(namespaceSchema.safeParse(name).success).toBe(false);
});
