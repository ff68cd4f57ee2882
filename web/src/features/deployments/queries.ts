import { graphql } from '../../gql';

graphql(`
  fragment DeploymentRow on Deployment {
    id
    name
    phase
    phaseReason
    version
    createdAt
    plan { id name }
    region { id name }
    quotas { clientsMax messagesPerSecondMax }
    latest { at clients messagesIn messagesOut }
    viewerCan { start { allowed reason } stop { allowed reason } }
  }
`);

graphql(`
  fragment DeploymentDetail on Deployment {
    id
    name
    slug
    phase
    phaseReason
    version
    durability
    isolation
    brokerVersion
    availableBrokerVersion
    autoUpgrade
    policyRevision
    appliedRevision
    deletionProtection
    sleepAfterSeconds
    asleepSince
    nextWakeAt
    wakeCount
    lastWake { cause at milliseconds }
    expiresAt
    createdAt
    startedAt
    project { id name organization { id name } }
    plan { id name tier }
    region { id name }
    connection { host mqttsPort mqttPort wssUrl wsUrl }
    quotas {
      clientsMax sessionsMax messagesPerSecondMax clientPublishPerSecondMax packetBytesMax subscriptionsPerClientMax topicLevelsMax
      queueLengthMax inflightMax sessionExpirySecondsMax credentialsMax accessRulesMax retainedMax storeBytesMax
    }
    limitHits { limit hits }
    latest { at clients sessions subscriptions retained messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }
    currentOperation { id }
    drift { kind attributes foundAt }
    viewerCan {
      update { allowed reason }
      start { allowed reason }
      stop { allowed reason }
      delete { allowed reason }
      resize { allowed reason }
      upgrade { allowed reason }
      createCredential { allowed reason }
      disconnectClient { allowed reason }
    }
  }
`);

export const DeploymentsQuery = graphql(`
  query Deployments($projectId: ID!, $first: Int!, $after: String) {
    deployments(projectId: $projectId, first: $first, after: $after) {
      nodes { ...DeploymentRow }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`);

export const DeploymentsUpdated = graphql(`
  subscription DeploymentsUpdated($projectId: ID!) {
    deploymentsUpdated(projectId: $projectId) { ...DeploymentRow }
  }
`);

export const DeploymentSparksQuery = graphql(`
  query DeploymentSparks($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Deployment {
        id
        latest { at clients messagesIn messagesOut }
        metrics(rangeSeconds: 900) { stepSeconds points { at messagesIn messagesOut } }
      }
    }
  }
`);

export const DeploymentQuery = graphql(`
  query Deployment($id: ID!) {
    deployment(id: $id) { ...DeploymentDetail }
  }
`);

export const DeploymentUpdated = graphql(`
  subscription DeploymentUpdated($id: ID!) {
    deploymentUpdated(id: $id) { ...DeploymentDetail }
  }
`);

export const CatalogQuery = graphql(`
  query Catalog {
    plans { id name summary tier selectable deploymentsMax plainPort quotas { clientsMax sessionsMax messagesPerSecondMax packetBytesMax sessionExpirySecondsMax storeBytesMax } }
    regions { id name available }
    installation { domain }
  }
`);

export const PlanChoicesQuery = graphql(`
  query PlanChoices($id: ID!) {
    deployment(id: $id) {
      id
      planChoices {
        current
        allowed
        reason
        over { quota limit used }
        plan {
          id name plainPort
          quotas {
            clientsMax sessionsMax messagesPerSecondMax clientPublishPerSecondMax packetBytesMax subscriptionsPerClientMax topicLevelsMax
            queueLengthMax inflightMax sessionExpirySecondsMax credentialsMax accessRulesMax retainedMax storeBytesMax
          }
        }
      }
    }
  }
`);

export const ResizeDeployment = graphql(`
  mutation ResizeDeployment($input: ResizeDeploymentInput!) {
    resizeDeployment(input: $input) {
      deployment { ...DeploymentDetail }
      operation { id }
      userErrors { code message path }
    }
  }
`);

export const UpgradeDeployment = graphql(`
  mutation UpgradeDeployment($input: UpgradeDeploymentInput!) {
    upgradeDeployment(input: $input) {
      operation { id }
      userErrors { code message path }
    }
  }
`);

export const CreateDeployment = graphql(`
  mutation CreateDeployment($input: CreateDeploymentInput!) {
    createDeployment(input: $input) {
      deployment { ...DeploymentDetail }
      operation { id }
      userErrors { code message path }
    }
  }
`);

export const UpdateDeployment = graphql(`
  mutation UpdateDeployment($input: UpdateDeploymentInput!) {
    updateDeployment(input: $input) {
      deployment { ...DeploymentDetail }
      userErrors { code message path }
    }
  }
`);

export const StartDeployment = graphql(`
  mutation StartDeployment($input: StartDeploymentInput!) {
    startDeployment(input: $input) {
      operation { id }
      userErrors { code message path }
    }
  }
`);

export const StopDeployment = graphql(`
  mutation StopDeployment($input: StopDeploymentInput!) {
    stopDeployment(input: $input) {
      operation { id }
      userErrors { code message path }
    }
  }
`);

export const DeleteDeployment = graphql(`
  mutation DeleteDeployment($input: DeleteDeploymentInput!) {
    deleteDeployment(input: $input) {
      operation { id }
      userErrors { code message path }
    }
  }
`);
