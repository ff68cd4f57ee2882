/** Generated from the schema: a field that is added later is asked too. */
import {
  buildSchema,
  GraphQLEnumType,
  type GraphQLArgument,
  type GraphQLField,
  GraphQLInputObjectType,
  type GraphQLInputType,
  isLeafType,
  isNonNullType,
  isObjectType,
  getNamedType,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { newId, uuidOf } from '@rookery/service-kit/ids';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { place, reportState } from '../test-support/placement.js';
import { joinMachine, signUp, startTestApi, type Tenant, type TestApi } from '../test-support/test-api.js';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const NOBODYS: Record<string, string> = {
  deployment: 'dep_01h455vb4pex5vsknk084sn02q',
  credential: 'cred_01h455vb4pex5vsknk084sn02q',
  operation: 'op_01h455vb4pex5vsknk084sn02q',
  project: 'prj_01h455vb4pex5vsknk084sn02q',
  organization: 'org_01h455vb4pex5vsknk084sn02q',
  apiKey: 'key_01h455vb4pex5vsknk084sn02q',
  notice: 'ntc_01h455vb4pex5vsknk084sn02q',
  export: 'exp_01h455vb4pex5vsknk084sn02q',
  person: 'per_01h455vb4pex5vsknk084sn02q',
};

let api: TestApi;
let eve: Tenant;
let adas: Record<string, string>;

beforeAll(async () => {
  api = await startTestApi({ ROOKERY_EXPORTS: '/tmp/rookery-exports-of-nobody' });
  await signUp(api.url);
  const ada = await signUp(api.url);
  eve = await signUp(api.url);
  const { machineId } = await joinMachine(api.privateSocket);
  const created = await ada.mutate('createDeployment', { name: 'hers' }, 'deployment { id } operation { id }');
  const deploymentId = created['deployment'].id;
  await place(api, machineId, deploymentId);
  await reportState(api, machineId, deploymentId);
  const { credential } = await ada.mutate('createCredential', { deploymentId }, 'credential { id }');
  const { apiKey } = await ada.mutate('createApiKey', { name: 'hers' }, 'apiKey { id }');
  const notice = newId('notice');
  await api.sql(
    `INSERT INTO notices (organization_id, id, deployment_id, kind, lead_days, due_at) SELECT organization_id, $2, id, 'EXPIRY', 7, now() FROM deployments WHERE id = $1`,
    [uuidOf('deployment', deploymentId), uuidOf('notice', notice)],
  );
  const range = { from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' };
  const { export: file } = await ada.mutate('createExport', { kind: 'AUDIT_LOG', ...range }, 'export { id }');
  const { organizationId: organization, projectId: project, personId: person } = ada;
  adas = {
    deployment: deploymentId,
    credential: credential.id,
    operation: created['operation'].id,
    apiKey: apiKey.id,
    notice,
    export: file.id,
    organization,
    project,
    person,
  };
});
afterAll(() => api.close());

/** The leaves of a type, two levels deep: enough to see a row that should not be there. */
function selection(field: GraphQLField<unknown, unknown>, depth = 2): string {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return '';
  if (!isObjectType(type)) return '{ __typename id }';
  const fields = Object.values(type.getFields()).filter((each) => !each.args.some((argument) => isNonNullType(argument.type)));
  const shown = fields
    .filter((each) => isLeafType(getNamedType(each.type)) || depth > 0)
    .map((each) => `${each.name} ${selection(each, depth - 1)}`);
  return `{ __typename ${shown.join(' ')} }`;
}

/** A value for an argument, in which every id is `id`. */
function valueOf(type: GraphQLInputType, id: string): unknown {
  if (type.toString().startsWith('[')) return [valueOf(getNamedType(type) as GraphQLInputType, id)];
  const named = getNamedType(type);
  if (named instanceof GraphQLInputObjectType) {
    const wanted = Object.values(named.getFields()).filter((each) => isNonNullType(each.type) || /Id$|^id$/.test(each.name));
    return Object.fromEntries(
      wanted.filter((each) => each.name !== 'planId' || isNonNullType(each.type)).map((each) => [each.name, valueOf(each.type, id)]),
    );
  }
  if (named.name === 'ID') return id;
  if (named instanceof GraphQLEnumType) return named.getValues()[0]!.name;
  if (named.name === 'Int') return 1;
  if (named.name === 'DateTime') return '2020-01-01T00:00:00.000Z';
  return named.name === 'Boolean' ? true : 'x';
}

function requestFor(operation: string, field: GraphQLField<unknown, unknown>, id: string) {
  const used = field.args.filter((argument: GraphQLArgument) => isNonNullType(argument.type) || getNamedType(argument.type).name === 'ID');
  const declared = used.map((argument) => `$${argument.name}: ${argument.type.toString()}`).join(', ');
  const given = used.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const variables = Object.fromEntries(used.map((argument) => [argument.name, valueOf(argument.type, id)]));
  return { query: `${operation}(${declared}) { ${field.name}(${given}) ${selection(field, operation === 'query' ? 1 : 0)} }`, variables };
}

const takesIds = (field: GraphQLField<unknown, unknown>) =>
  field.args.some(
    (argument) =>
      /\bID\b/.test(argument.type.toString()) ||
      (getNamedType(argument.type) instanceof GraphQLInputObjectType && /Id\b|\bid\b/.test(JSON.stringify(valueOf(argument.type, '')))),
  );
const fieldsOf = (type: 'Query' | 'Mutation' | 'Subscription') =>
  Object.values((schema.getType(type) as never as { getFields(): Record<string, GraphQLField<unknown, unknown>> }).getFields()).filter(
    takesIds,
  );
const cases = (type: 'Query' | 'Mutation' | 'Subscription') =>
  fieldsOf(type).flatMap((field) => Object.keys(NOBODYS).map((kind) => [field.name, kind, field] as const));

describe('what belongs to another organization', () => {
  it.each([...cases('Query'), ...cases('Mutation')])('%s answers a %s of hers as one that is not there', async (name, kind, field) => {
    const operation = fieldsOf('Query').includes(field) ? 'query' : 'mutation';
    const ask = async (id: string) => {
      const { query, variables } = requestFor(operation, field, id);
      const { data, errors } = await eve.ask(query, variables);
      return JSON.stringify({ data, errors }).replaceAll(id, '<id>');
    };
    const [hers, nobodys] = [await ask(adas[kind]!), await ask(NOBODYS[kind]!)];
    expect(hers).toBe(nobodys);
    for (const id of Object.values(adas)) expect(hers).not.toContain(id);
    expect(hers, `${name} was not understood`).not.toMatch(/BAD_REQUEST|INTERNAL/);
  });

  it.each(cases('Subscription'))('%s answers a %s of hers as one that is not there', async (_, kind, field) => {
    const client = createClient({
      url: `${api.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${eve.apiKey}` },
    });
    const ask = (id: string) =>
      client
        .iterate(requestFor('subscription', field, id))
        .next()
        .then(
          (event) => event.value,
          (error: unknown) => error,
        );
    const [hers, nobodys] = [await ask(adas[kind]!), await ask(NOBODYS[kind]!)];
    expect(hers).toEqual(nobodys);
    expect(JSON.stringify(hers)).toContain('NOT_FOUND');
    await client.dispose();
  });

  it('is still all there, unchanged', async () => {
    const rows = await api.sql<{ state: string; name: string; policy_revision: number }>(
      `SELECT state, name, policy_revision FROM deployments WHERE name = 'hers'`,
    );
    expect(rows).toEqual([{ state: 'RUNNING', name: 'hers', policy_revision: 2 }]);
    expect(await api.sql(`SELECT 1 FROM api_keys WHERE name = 'hers'`)).toHaveLength(1);
  });
});
