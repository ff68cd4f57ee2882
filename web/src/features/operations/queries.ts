import { graphql } from '../../gql';

graphql(`
  fragment OperationDetail on Operation {
    id
    verb
    state
    percent
    errorCode
    errorMessage
    requestedBy
    deploymentName
    deployment { id phase }
    createdAt
    startedAt
    finishedAt
    steps { name title state startedAt finishedAt message }
  }
`);

export const OperationQuery = graphql(`
  query Operation($id: ID!) {
    operation(id: $id) { ...OperationDetail }
  }
`);

export const OperationUpdated = graphql(`
  subscription OperationUpdated($id: ID!) {
    operationUpdated(id: $id) { ...OperationDetail }
  }
`);

export const OperationsQuery = graphql(`
  query Operations($deploymentId: ID, $first: Int!, $after: String) {
    operations(deploymentId: $deploymentId, first: $first, after: $after) {
      nodes { id verb state percent errorCode errorMessage requestedBy deploymentName deployment { id } createdAt startedAt finishedAt }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);
