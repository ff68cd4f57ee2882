import { expect, it } from 'vitest';
import { type Plan, violations } from './lib/terraform-policy.ts';

const tags = { 'rookery:installation': 'one' };

const planOf = (resources: Record<string, Record<string, unknown>>, configuration?: Plan['configuration']): Plan => ({
  planned_values: {
    root_module: {
      child_modules: [
        {
          resources: Object.entries(resources).map(([address, values]) => ({
            address: `module.m.${address}`,
            mode: 'managed',
            type: address.split('.')[0] as string,
            values,
          })),
        },
      ],
    },
  },
  ...(configuration ? { configuration } : {}),
});

const rule = (from: number | null, to: number | null, cidr: Record<string, string> = { cidr_ipv4: '0.0.0.0/0' }) => ({
  from_port: from,
  to_port: to,
  tags,
  ...cidr,
});
const machine = (parts: Record<string, unknown> = {}) => ({
  tags,
  metadata_options: [{ http_tokens: 'required' }],
  root_block_device: [{ encrypted: true }],
  ...parts,
});

it('passes a plan with nothing wrong in it', () => {
  expect(
    violations(
      planOf({
        'aws_vpc_security_group_ingress_rule.mqtts': rule(8883, 8883),
        'aws_vpc_security_group_ingress_rule.wss': rule(8084, 8084),
        'aws_vpc_security_group_ingress_rule.https': rule(443, 443),
        'aws_vpc_security_group_ingress_rule.http': rule(80, 80),
        'aws_vpc_security_group_ingress_rule.inside': rule(5432, 5432, { cidr_ipv4: '10.0.0.0/8' }),
        'aws_instance.machine': machine(),
        'aws_ebs_volume.data': { encrypted: true, tags },
        'aws_db_instance.database': { storage_encrypted: true, publicly_accessible: false, tags },
        'aws_s3_bucket.states': { bucket: 'states', tags },
        'aws_s3_bucket_server_side_encryption_configuration.states': {},
        'aws_s3_bucket_public_access_block.states': {
          block_public_acls: true,
          block_public_policy: true,
          ignore_public_acls: true,
          restrict_public_buckets: true,
        },
        'aws_route53_record.no_tags_possible': { name: 'x' },
      }),
    ),
  ).toEqual([]);
});

it.each<[string, Record<string, Record<string, unknown>>, string]>([
  ['plain MQTT', { 'aws_vpc_security_group_ingress_rule.bad': rule(1883, 1883) }, 'ports 1883 to 1883 are open to anywhere'],
  ['SSH over IPv6', { 'aws_vpc_security_group_ingress_rule.bad': rule(22, 22, { cidr_ipv6: '::/0' }) }, 'ports 22 to 22 are open'],
  [
    'a range that begins with an allowed port',
    { 'aws_vpc_security_group_ingress_rule.bad': rule(8883, 8890) },
    'ports 8883 to 8890 are open',
  ],
  ['all protocols', { 'aws_vpc_security_group_ingress_rule.bad': rule(null, null) }, 'ports all to all are open'],
  [
    'a block within a group',
    { 'aws_security_group.bad': { tags, ingress: [{ from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'] }] } },
    'ports 22 to 22',
  ],
  [
    'a rule of the old kind',
    { 'aws_security_group_rule.bad': { type: 'ingress', from_port: 0, to_port: 65535, cidr_blocks: ['0.0.0.0/0'] } },
    'ports 0 to 65535',
  ],
  ['a plain volume', { 'aws_ebs_volume.bad': { encrypted: false, tags } }, 'volume is not encrypted'],
  ['a volume of unsaid encryption', { 'aws_ebs_volume.bad': { tags } }, 'volume is not encrypted'],
  ['a plain root volume', { 'aws_instance.bad': machine({ root_block_device: [{ encrypted: false }] }) }, 'root volume is not encrypted'],
  ['an unsaid root volume', { 'aws_instance.bad': machine({ root_block_device: [] }) }, 'root volume is not described'],
  ['IMDSv1', { 'aws_instance.bad': machine({ metadata_options: [{ http_tokens: 'optional' }] }) }, 'IMDSv1'],
  ['IMDSv1 by silence', { 'aws_instance.bad': machine({ metadata_options: [] }) }, 'IMDSv1'],
  ['a plain database', { 'aws_db_instance.bad': { storage_encrypted: false, tags } }, 'database is not encrypted'],
  ['a public database', { 'aws_db_instance.bad': { storage_encrypted: true, publicly_accessible: true, tags } }, 'database is public'],
  [
    'a plain cache',
    { 'aws_elasticache_replication_group.bad': { transit_encryption_enabled: true, tags } },
    'cache is not encrypted at rest',
  ],
  ['a plain queue', { 'aws_sqs_queue.bad': { sqs_managed_sse_enabled: false, kms_master_key_id: null, tags } }, 'queue is not encrypted'],
  ['a bare bucket', { 'aws_s3_bucket.bad': { bucket: 'b', tags } }, 'bucket is not encrypted'],
  ['a bucket open to the public', { 'aws_s3_bucket.bad': { bucket: 'b', tags } }, 'public access is not blocked'],
  [
    'HTTP that serves',
    { 'aws_lb_listener.bad': { protocol: 'HTTP', default_action: [{ type: 'forward' }], tags } },
    'HTTP does more than redirect',
  ],
  ['no tags', { 'aws_vpc.bad': { tags: null } }, 'has no tag rookery:installation'],
  ['other tags', { 'aws_vpc.bad': { tags: { Name: 'x' } } }, 'has no tag rookery:installation'],
])('names %s', (_what, resources, sentence) => {
  const found = violations(planOf(resources));
  expect(found.join('\n')).toContain(`module.m.${Object.keys(resources)[0]}: `);
  expect(found.join('\n')).toContain(sentence);
});

it('judges nothing where nothing is known before the apply', () => {
  expect(
    violations({
      planned_values: {
        root_module: {
          resources: [{ address: 'aws_lb_target_group_attachment.x', mode: 'managed', type: 'aws_lb_target_group_attachment' }],
        },
      },
    }),
  ).toEqual([]);
});

it('names null_resource, provisioners and external data sources in any module', () => {
  const inner = {
    resources: [
      { address: 'null_resource.x', mode: 'managed', type: 'null_resource', provisioners: [{ type: 'local-exec' }] },
      { address: 'data.external.y', mode: 'data', type: 'external' },
    ],
  };
  expect(violations(planOf({}, { root_module: { module_calls: { a: { module: { module_calls: { b: { module: inner } } } } } } }))).toEqual([
    'module.a.module.b.null_resource.x: null_resource',
    'module.a.module.b.null_resource.x: provisioner local-exec',
    'module.a.module.b.data.external.y: external data source',
  ]);
});
