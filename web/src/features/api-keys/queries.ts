import { graphql } from '../../gql';

export const ApiKeysQuery = graphql(`
  query ApiKeys($organizationId: ID!, $first: Int!, $after: String) {
    apiKeys(organizationId: $organizationId, first: $first, after: $after) {
      nodes { id name prefix createdAt lastUsedAt }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);

export const CreateApiKey = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      apiKey { id name prefix createdAt lastUsedAt }
      secret
      userErrors { code message path }
    }
  }
`);

export const DeleteApiKey = graphql(`
  mutation DeleteApiKey($input: DeleteApiKeyInput!) {
    deleteApiKey(input: $input) {
      deletedId
      userErrors { code message path }
    }
  }
`);
