import { graphql } from '../../gql';

export const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      person { id email name }
      isOperator
      organizations {
        id
        name
        viewerCan { createProject { allowed reason } createApiKey { allowed reason } createExport { allowed reason } }
        projects(first: 100) { nodes { id name viewerCan { createDeployment { allowed reason } } } }
      }
    }
  }
`);

export const InstallationQuery = graphql(`
  query Installation {
    installation { signUp caUrl domain version }
  }
`);
