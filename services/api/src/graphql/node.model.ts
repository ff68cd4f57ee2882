import { Field, ID, InterfaceType } from '@nestjs/graphql';
import { kindOf } from '@rookery/service-kit/ids';

const TYPE_NAMES: Record<string, string> = {
  person: 'Person',
  organization: 'Organization',
  project: 'Project',
  deployment: 'Deployment',
  credential: 'Credential',
  operation: 'Operation',
  apiKey: 'ApiKey',
  export: 'Export',
};

/** The prefix of an id says what it is of. */
@InterfaceType({ resolveType: (node: { id: string }) => TYPE_NAMES[kindOf(node.id) ?? ''] })
export abstract class Node {
  @Field(() => ID) id!: string;
}
