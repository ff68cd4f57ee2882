import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from './migrate.js';
import { startTestDatabase, type TestDatabase } from './test-support/test-database.js';

/** What may break a rule of tenancy, each with its reason. A new table, view or function is refused until it follows or is named. */
const GLOBAL_UNIQUE = {
  api_keys_hash_unique: 'a key is found before its organization is known; it is the hash of 256 random bits',
  deployments_slug_unique: 'a host name is one on the installation',
  machine_ports_machine_id_port_pk: 'a port belongs to a machine',
};
const SINGLE_COLUMN_KEYS = {
  people: 'people belong to many organizations',
  machines: 'machines serve all',
  regions: 'regions serve all',
  cells: 'cells serve all',
  organizations: 'the tenant itself',
};
const VIEWS = ['deployment_states'];
const DEFINER_FUNCTIONS = [
  'add_first_installation_key',
  'authenticate_api_key',
  'deployments_in_trouble',
  'deployments_on',
  'end_idle_deployment',
  'expire_deployment',
  'heal_deployment',
  'locate',
  'notify_machine_change',
  'sweep_expired',
];
const NOT_OF_A_TENANT = [
  'cells',
  'installation',
  'installation_keys',
  'log_in_sessions',
  'machine_authority',
  'machine_join_tokens',
  'machine_streams',
  'machines',
  'orphans',
  'people',
  'rate_limits',
  'regions',
  'setup_links',
];

let database: TestDatabase;
let client: pg.Client;
const rows = async <T extends object>(sql: string) => (await client.query<T>(sql)).rows;

beforeAll(async () => {
  database = await startTestDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.stop();
});

describe('the catalogue', () => {
  it('shields every table that belongs to an organization', async () => {
    const tables = await rows<{ name: string; tenant: boolean; shielded: boolean; policies: string }>(`
      SELECT c.relname AS name, c.relname = 'organizations' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id') AS tenant,
        c.relrowsecurity AND c.relforcerowsecurity AS shielded,
        (SELECT string_agg(pg_get_expr(p.polqual, c.oid), ' ') FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'organization' AND p.polwithcheck IS NOT NULL) AS policies
      FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1`);
    expect(tables.filter((table) => !table.tenant).map((table) => table.name)).toEqual(NOT_OF_A_TENANT);
    for (const table of tables.filter((each) => each.tenant)) {
      expect(table, table.name).toMatchObject({ shielded: true, policies: expect.stringContaining('current_organization()') });
    }
  });

  it('lets no foreign key reach into another organization', async () => {
    const keys = await rows<{ name: string; target: string; columns: string[] }>(`
      SELECT conname AS name, confrelid::regclass::text AS target,
        ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY k(n, i) JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n ORDER BY i) AS columns
      FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
        AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = conrelid AND a.attname = 'organization_id')`);
    for (const key of keys.filter((each) => !(each.target in SINGLE_COLUMN_KEYS))) expect(key.columns[0], key.name).toBe('organization_id');
  });

  it('lets no unique constraint tell one organization what another has', async () => {
    const constraints = await rows<{ name: string; first: string }>(`
      SELECT i.indexrelid::regclass::text AS name, a.attname AS first FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      WHERE i.indisunique AND i.indrelid::regclass::text NOT LIKE 'pg_%' AND i.indrelid IN (
        SELECT attrelid FROM pg_attribute WHERE attname = 'organization_id' AND attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace))`);
    const reaching = constraints.filter((each) => each.first !== 'organization_id' && !(each.name in GLOBAL_UNIQUE));
    expect(reaching).toEqual([]);
  });

  it('has no view or definer function that is not listed', async () => {
    const views = await rows<{ name: string; options: string[] }>(
      `SELECT relname AS name, reloptions AS options FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')`,
    );
    expect(views.map((view) => view.name)).toEqual(VIEWS);
    for (const view of views) expect(view.options).toContain('security_invoker=true');
    const functions = await rows<{ name: string; path: string }>(`
      SELECT proname AS name, array_to_string(proconfig, ',') AS path FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1`);
    expect(functions.map((each) => each.name)).toEqual(DEFINER_FUNCTIONS);
    for (const each of functions) expect(each.path).toBe('search_path=public');
  });

  it('gives the service roles no way around', async () => {
    expect(
      await rows(
        `SELECT rolname FROM pg_roles WHERE rolname LIKE 'rookery\\_%' AND rolname <> 'rookery_owner' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)`,
      ),
    ).toEqual([]);
    expect(
      await rows(
        `SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname IN ('rookery_api', 'rookery_provisioner', 'rookery_jobs')`,
      ),
    ).toEqual([]);
    expect(
      await rows(
        `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND has_function_privilege('public', oid, 'EXECUTE')`,
      ),
    ).toEqual([]);
  });

  it('keeps the audit log from everybody, its owner too', async () => {
    await expect(client.query('DELETE FROM audit_log')).rejects.toThrow('only written to');
    await expect(client.query('UPDATE audit_log SET action = action')).rejects.toThrow('only written to');
  });

  it('may be migrated again, by several at once', async () => {
    await Promise.all([migrate(database), migrate(database)]);
  });

  it('may be used under other login names, but never under one that passes by the rules', async () => {
    const apiUrl = database.server.urlFor('my_api', 'secret');
    await migrate({ ...database, apiUrl });
    const api = new pg.Client({ connectionString: apiUrl });
    await api.connect();
    expect((await api.query('SELECT * FROM projects')).rows).toEqual([]);
    await api.end();
    await expect(migrate({ ...database, apiUrl: database.ownerUrl })).rejects.toThrow('passes by row-level security');
  });
});

describe('a transaction of the api', () => {
  it('sees nothing and writes nothing while it acts for nobody', async () => {
    await client.query(`INSERT INTO organizations (id, name, slug) VALUES ('00000000-0000-7000-8000-000000000001', 'A', 'a')`);
    await client.query(
      `INSERT INTO projects (organization_id, id, name) VALUES ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'p')`,
    );
    const api = new pg.Client({ connectionString: database.apiUrl });
    await api.connect();
    const write = `INSERT INTO projects (organization_id, id, name) VALUES ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), 'q')`;
    try {
      expect((await api.query('SELECT * FROM projects')).rows).toEqual([]);
      await expect(api.query(write)).rejects.toThrow('row-level security');
      await api.query(`BEGIN; SELECT set_config('app.organization_id', '00000000-0000-7000-8000-00000000000f', true)`);
      expect((await api.query('SELECT * FROM projects')).rows).toEqual([]);
      await expect(api.query(write)).rejects.toThrow('row-level security');
      await api.query('ROLLBACK');
      await api.query(`BEGIN; SELECT set_config('app.organization_id', '00000000-0000-7000-8000-000000000001', true)`);
      expect((await api.query('SELECT * FROM projects')).rowCount).toBe(1);
      await api.query('COMMIT');
      expect((await api.query('SELECT * FROM projects')).rows, 'the connection has forgotten it').toEqual([]);
    } finally {
      await api.end();
    }
  });
});
