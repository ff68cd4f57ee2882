import { graphql } from '../../gql';

export const ExportsQuery = graphql(`
  query Exports($organizationId: ID!, $first: Int!, $after: String) {
    exports(organizationId: $organizationId, first: $first, after: $after) {
      nodes { id kind from to state rows bytes errorCode errorMessage requestedBy createdAt expiresAt downloadUrl }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);

export const ExportsUpdated = graphql(`
  subscription ExportsUpdated($organizationId: ID!) {
    exportsUpdated(organizationId: $organizationId) { id state }
  }
`);

export const CreateExport = graphql(`
  mutation CreateExport($input: CreateExportInput!) {
    createExport(input: $input) {
      export { id }
      userErrors { code message path }
    }
  }
`);
