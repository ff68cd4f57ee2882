import { graphql } from '../../gql';

export const CreateProject = graphql(`
  mutation CreateProject($input: CreateProjectInput!) {
    createProject(input: $input) {
      project { id name }
      userErrors { code message path }
    }
  }
`);
