/** Rows that the api would write, for tests of the provisioner alone. */
import { openDatabase, type Database } from '@rookery/db/pool';
import { startTestDatabase, type TestDatabase } from '@rookery/db/test-support/test-database';
import { DEFAULT_PLANS } from '@rookery/contracts/plans';
import { newId, uuidOf } from '@rookery/service-kit/ids';
import pg from 'pg';

export interface Installation {
  database: TestDatabase;
  /** With the rights of the provisioner. */
  db: Database;
  /** As the owner. */
  sql<T extends object>(text: string, values?: unknown[]): Promise<T[]>;
  addOrganization(): Promise<{ organizationId: string; projectId: string }>;
  /** In the cell that is there from the start, or in one of its own with this weight. */
  addMachine(ports: { first: number; last: number }, cell?: { weight: number; full?: boolean }, processors?: number): Promise<string>;
  /** A wish for a running deployment, with its operation and its note. */
  addDeployment(
    owner: { organizationId: string; projectId: string },
    options?: { plainPort?: boolean; sealPepper?: (id: string) => string },
  ): Promise<string>;
  /** A new wish for it. */
  wish(deploymentId: string, state: string, verb: string): Promise<void>;
  /** The machine reports the newest generation. */
  report(deploymentId: string, state: string, problem?: { code: string; message: string } | null, brokerVersion?: string): Promise<void>;
  operations(deploymentId: string): Promise<{ verb: string; state: string; percent: number; error_code: string | null }[]>;
  phase(deploymentId: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function startInstallation(): Promise<Installation> {
  const database = await startTestDatabase();
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 4 });
  owner.on('error', () => {});
  const db = openDatabase(database.provisionerUrl, { applicationName: 'test', onError: () => {} });
  const sql = async <T extends object>(text: string, values: unknown[] = []) => (await owner.query<T>(text, values)).rows;
  await sql(`INSERT INTO regions VALUES ('local', 'Local')`);
  const firstCell = uuidOf('cell', newId('cell'));
  await sql(`INSERT INTO cells (id, region_id, name) VALUES ($1, 'local', 'local-1')`, [firstCell]);
  const deployment = (id: string) => uuidOf('deployment', id);
  const openOperation = (id: string, verb: string) =>
    sql(
      `INSERT INTO operations (organization_id, id, deployment_id, deployment_name, verb, generation, requested_by)
       SELECT organization_id, $2, id, name, $3::operation_verb, generation, 'test' FROM deployments WHERE id = $1`,
      [deployment(id), uuidOf('operation', newId('operation')), verb],
    );
  const wantReconcile = (id: string) => sql('SELECT want_reconcile(organization_id, id) FROM deployments WHERE id = $1', [deployment(id)]);
  return {
    database,
    db,
    sql,
    addOrganization: async () => {
      const [organizationId, projectId] = [newId('organization'), newId('project')];
      await sql('INSERT INTO organizations (id, name, slug) VALUES ($1, $2, $2)', [uuidOf('organization', organizationId), organizationId]);
      await sql(`INSERT INTO projects (organization_id, id, name) VALUES ($1, $2, 'p')`, [
        uuidOf('organization', organizationId),
        uuidOf('project', projectId),
      ]);
      return { organizationId, projectId };
    },
    addMachine: async ({ first, last }, cell, processors = 16) => {
      const id = newId('machine');
      const cellId = cell === undefined ? firstCell : uuidOf('cell', newId('cell'));
      if (cell !== undefined)
        await sql(`INSERT INTO cells (id, region_id, name, weight, "full") VALUES ($1, 'local', $2, $3, $4)`, [
          cellId,
          id,
          cell.weight,
          cell.full ?? false,
        ]);
      await sql(
        `INSERT INTO machines (id, cell_id, name, isolation, host, mqtt_port_first, mqtt_port_last, processors) VALUES ($1, $2, 'm', 'plain', 'localhost', $3, $4, $5)`,
        [uuidOf('machine', id), cellId, first, last, processors],
      );
      return id;
    },
    addDeployment: async ({ organizationId, projectId }, { plainPort = false, sealPepper = () => 'sealed' } = {}) => {
      const id = newId('deployment');
      await sql(
        `INSERT INTO deployments (organization_id, id, project_id, name, slug, plan_id, region_id, durability, quotas, plain_port, memory_bytes_max, sealed_pepper)
         VALUES ($1, $2, $3, $4, $5, 'LOCAL', 'local', 'durable', $6, $7, 1000000, $8)`,
        [
          uuidOf('organization', organizationId),
          deployment(id),
          uuidOf('project', projectId),
          id,
          id.replace('_', '-'),
          DEFAULT_PLANS[0]!.quotas,
          plainPort,
          sealPepper(id),
        ],
      );
      await openOperation(id, 'CREATE');
      await wantReconcile(id);
      return id;
    },
    wish: async (id, state, verb) => {
      await sql('UPDATE deployments SET state = $2::desired_state, generation = generation + 1 WHERE id = $1', [deployment(id), state]);
      await openOperation(id, verb);
      await wantReconcile(id);
    },
    report: async (id, state, problem, brokerVersion) => {
      await sql(
        `INSERT INTO deployment_reports (organization_id, deployment_id, generation, state, problem_code, problem_message, broker_version, state_at)
         SELECT organization_id, id, generation, $2::runtime_state, $3, $4, $5, now() FROM deployments WHERE id = $1
         ON CONFLICT (organization_id, deployment_id) DO UPDATE SET generation = EXCLUDED.generation, state = EXCLUDED.state, state_at = now(),
           broker_version = EXCLUDED.broker_version, problem_code = EXCLUDED.problem_code, problem_message = EXCLUDED.problem_message`,
        [deployment(id), state, problem?.code ?? null, problem?.message ?? null, brokerVersion ?? null],
      );
      await wantReconcile(id);
    },
    operations: (id) =>
      sql('SELECT verb, state, percent, error_code FROM operations WHERE deployment_id = $1 ORDER BY id', [deployment(id)]),
    phase: async (id) => (await sql<{ phase: string }>('SELECT phase FROM deployment_states WHERE id = $1', [deployment(id)]))[0]?.phase,
    close: async () => {
      await db.$client.end();
      await owner.end();
      await database.stop();
    },
  };
}
