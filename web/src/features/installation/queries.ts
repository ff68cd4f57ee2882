import { graphql } from '../../gql';

export const CellsQuery = graphql(`
  query Cells {
    cells {
      id name regionId kind weight full
      machines { id name host isolation seenAt lost state certificateExpiresAt deployments }
    }
  }
`);

export const UpdateCell = graphql(`
  mutation UpdateCell($input: UpdateCellInput!) {
    updateCell(input: $input) {
      cell { id weight full }
      userErrors { code message path }
    }
  }
`);

export const TroubledQuery = graphql(`
  query Troubled {
    troubledDeployments {
      organizationName deploymentId deploymentName phase reason verb attempts lastError nextTryAt since
    }
  }
`);

export const OrphansQuery = graphql(`
  query Orphans {
    orphans { id deploymentId reason removed foundAt }
  }
`);

export const RepairDeployment = graphql(`
  mutation RepairDeployment($input: RepairDeploymentInput!) {
    repairDeployment(input: $input) {
      operation { id state }
      userErrors { code message path }
    }
  }
`);

export const CreateJoinToken = graphql(`
  mutation CreateJoinToken($input: CreateJoinTokenInput!) {
    createJoinToken(input: $input) {
      joinToken { id cell expiresAt }
      token
      command
      userErrors { code message path }
    }
  }
`);

export const RevokeMachine = graphql(`
  mutation RevokeMachine($input: RevokeMachineInput!) {
    revokeMachine(input: $input) {
      revokedId
      userErrors { code message path }
    }
  }
`);

export const RemoveMachine = graphql(`
  mutation RemoveMachine($input: RemoveMachineInput!) {
    removeMachine(input: $input) {
      removedId
      userErrors { code message path }
    }
  }
`);
