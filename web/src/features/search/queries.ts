import { graphql } from '../../gql';

export const SearchDeploymentsQuery = graphql(`
  query SearchDeployments($search: String!) {
    deployments(filter: { search: $search }, first: 8) {
      nodes { id name phase project { id name } }
    }
  }
`);
