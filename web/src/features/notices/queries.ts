import { graphql } from '../../gql';

export const NoticesQuery = graphql(`
  query Notices($organizationId: ID!) {
    notices(organizationId: $organizationId, first: 100) {
      nodes { id deploymentId deploymentName kind dueAt }
    }
  }
`);

export const DismissNotice = graphql(`
  mutation DismissNotice($input: DismissNoticeInput!) {
    dismissNotice(input: $input) {
      dismissedId
      userErrors { code message path }
    }
  }
`);
