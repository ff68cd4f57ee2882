/**
 * What a plan of Terraform may hold. A violation is a sentence with the address of the resource it is about.
 * Values not known before the apply are not judged.
 */

type Values = Readonly<Record<string, unknown>>;

interface PlannedResource {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  /** Absent where nothing is known before the apply. */
  readonly values?: Values;
}

interface PlannedModule {
  readonly resources?: readonly PlannedResource[];
  readonly child_modules?: readonly PlannedModule[];
}

interface ConfiguredModule {
  readonly resources?: readonly { address: string; mode: string; type: string; provisioners?: readonly { type: string }[] }[];
  readonly module_calls?: Readonly<Record<string, { module: ConfiguredModule }>>;
}

/** The parts of `terraform show -json PLAN` that are read. */
export interface Plan {
  readonly planned_values?: { readonly root_module: PlannedModule };
  readonly configuration?: { readonly root_module: ConfiguredModule };
}

const INSTALLATION_TAG = 'rookery:installation';
const OPEN_PORTS = new Set([8883, 8084, 443]);
const REDIRECT_PORT = 80;
const ANYWHERE = new Set(['0.0.0.0/0', '::/0']);

type Rule = (values: Values, known: (key: string) => boolean) => readonly string[];

const unless = (holds: boolean, violation: string): string[] => (holds ? [] : [violation]);
const list = (value: unknown): readonly Values[] => (Array.isArray(value) ? (value as Values[]) : []);

const port = (value: unknown): string => (typeof value === 'number' ? String(value) : 'all');

function openPorts(from: unknown, to: unknown, ranges: readonly unknown[]): string[] {
  if (!ranges.some((range) => typeof range === 'string' && ANYWHERE.has(range))) return [];
  const allowed = typeof from === 'number' && from === to && (OPEN_PORTS.has(from) || from === REDIRECT_PORT);
  return unless(allowed, `ports ${port(from)} to ${port(to)} are open to anywhere`);
}

const ruleBlock = (block: Values): string[] =>
  openPorts(block['from_port'], block['to_port'], [
    ...((block['cidr_blocks'] as unknown[]) ?? []),
    ...((block['ipv6_cidr_blocks'] as unknown[]) ?? []),
  ]);

const machine: Rule = (values) => [
  ...unless(list(values['metadata_options'])[0]?.['http_tokens'] === 'required', 'answers metadata without a session (IMDSv1)'),
  ...list(values['root_block_device']).flatMap((disk) => unless(disk['encrypted'] === true, 'root volume is not encrypted')),
  ...unless(list(values['root_block_device']).length > 0, 'root volume is not described, so not encrypted'),
  ...list(values['ebs_block_device']).flatMap((disk) => unless(disk['encrypted'] === true, 'volume is not encrypted')),
];

const database: Rule = (values) => [
  ...unless(values['storage_encrypted'] === true, 'database is not encrypted'),
  ...unless(values['publicly_accessible'] !== true, 'database is public'),
];

const RULES: Readonly<Record<string, Rule>> = {
  aws_vpc_security_group_ingress_rule: (values) =>
    openPorts(values['from_port'], values['to_port'], [values['cidr_ipv4'], values['cidr_ipv6']]),
  aws_security_group: (values) => list(values['ingress']).flatMap(ruleBlock),
  aws_default_security_group: (values) => list(values['ingress']).flatMap(ruleBlock),
  aws_security_group_rule: (values) => (values['type'] === 'ingress' ? ruleBlock(values) : []),
  aws_instance: machine,
  aws_launch_template: (values) =>
    unless(list(values['metadata_options'])[0]?.['http_tokens'] === 'required', 'answers metadata without a session (IMDSv1)'),
  aws_ebs_volume: (values) => unless(values['encrypted'] === true, 'volume is not encrypted'),
  aws_efs_file_system: (values) => unless(values['encrypted'] === true, 'file system is not encrypted'),
  aws_db_instance: database,
  aws_rds_cluster: database,
  aws_rds_cluster_instance: (values) => unless(values['publicly_accessible'] !== true, 'database is public'),
  aws_elasticache_cluster: (values) => unless(values['transit_encryption_enabled'] === true, 'cache is not encrypted on its way'),
  aws_elasticache_replication_group: (values) => [
    ...unless(String(values['at_rest_encryption_enabled']) === 'true', 'cache is not encrypted at rest'),
    ...unless(values['transit_encryption_enabled'] === true, 'cache is not encrypted on its way'),
  ],
  aws_s3_bucket_public_access_block: (values) =>
    ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].flatMap((key) =>
      unless(values[key] === true, `${key} is off`),
    ),
  aws_sqs_queue: (values, known) =>
    unless(
      values['sqs_managed_sse_enabled'] === true || Boolean(values['kms_master_key_id']) || !known('kms_master_key_id'),
      'queue is not encrypted',
    ),
  aws_kms_key: (values) => unless(values['enable_key_rotation'] === true, 'key is not rotated'),
  aws_lb_listener: (values) =>
    unless(
      values['protocol'] !== 'HTTP' || list(values['default_action']).every((action) => action['type'] === 'redirect'),
      'HTTP does more than redirect',
    ),
};

function* planned(module: PlannedModule | undefined): Generator<PlannedResource> {
  for (const resource of module?.resources ?? []) if (resource.mode === 'managed') yield resource;
  for (const child of module?.child_modules ?? []) yield* planned(child);
}

function forbidden(module: ConfiguredModule | undefined, path = ''): string[] {
  const own = (module?.resources ?? []).flatMap((resource) => {
    const at = `${path}${resource.address}`;
    return [
      ...unless(resource.type !== 'null_resource', `${at}: null_resource`),
      ...unless(!(resource.mode === 'data' && resource.type === 'external'), `${at}: external data source`),
      ...(resource.provisioners ?? []).map((provisioner) => `${at}: provisioner ${provisioner.type}`),
    ];
  });
  const inner = Object.entries(module?.module_calls ?? {}).flatMap(([name, call]) => forbidden(call.module, `${path}module.${name}.`));
  return [...own, ...inner];
}

/** Buckets have encryption and a block of public access in resources of their own; each kind must exist once for each bucket. */
function bucketParts(resources: readonly PlannedResource[]): string[] {
  const folder = (address: string) => address.slice(0, address.lastIndexOf('aws_s3_bucket'));
  const key = (address: string) => /\[.*\]$/.exec(address)?.[0] ?? '';
  return resources
    .filter(({ type }) => type === 'aws_s3_bucket')
    .flatMap((bucket) => {
      const has = (type: string) =>
        resources.some(
          (part) =>
            part.type === type &&
            (part.values?.['bucket'] === undefined || part.values['bucket'] === bucket.values?.['bucket']) &&
            folder(part.address) === folder(bucket.address) &&
            key(part.address) === key(bucket.address),
        );
      return [
        ...unless(has('aws_s3_bucket_server_side_encryption_configuration'), `${bucket.address}: bucket is not encrypted`),
        ...unless(has('aws_s3_bucket_public_access_block'), `${bucket.address}: public access is not blocked`),
      ];
    });
}

/** Every violation in the plan, in the order of its resources. */
export function violations(plan: Plan): string[] {
  const resources = [...planned(plan.planned_values?.root_module)];
  const ofResources = resources.flatMap(({ address, type, values = {} }) => {
    const found = [...(RULES[type]?.(values, (key) => key in values) ?? [])];
    // Only what can have tags has the attribute.
    if ('tags' in values || 'tags_all' in values) {
      const tags = (values['tags_all'] ?? values['tags'] ?? {}) as Values;
      found.push(...unless(Boolean(tags[INSTALLATION_TAG]), `has no tag ${INSTALLATION_TAG}`));
    }
    return found.map((violation) => `${address}: ${violation}`);
  });
  return [...ofResources, ...bucketParts(resources), ...forbidden(plan.configuration?.root_module)];
}
