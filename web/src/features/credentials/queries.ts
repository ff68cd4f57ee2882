import { graphql } from '../../gql';

export const CredentialsQuery = graphql(`
  query Credentials($deploymentId: ID!, $search: String, $first: Int!, $after: String) {
    credentials(deploymentId: $deploymentId, search: $search, first: $first, after: $after) {
      nodes { id username description createdAt viewerCan { delete { allowed reason } } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);

export const CreateCredential = graphql(`
  mutation CreateCredential($input: CreateCredentialInput!) {
    createCredential(input: $input) {
      credential { id username description createdAt }
      secret
      userErrors { code message path }
    }
  }
`);

export const DeleteCredential = graphql(`
  mutation DeleteCredential($input: DeleteCredentialInput!) {
    deleteCredential(input: $input) {
      deletedId
      userErrors { code message path }
    }
  }
`);
