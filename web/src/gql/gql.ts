/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query ApiKeys($organizationId: ID!, $first: Int!, $after: String) {\n    apiKeys(organizationId: $organizationId, first: $first, after: $after) {\n      nodes { id name prefix createdAt lastUsedAt }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": typeof types.ApiKeysDocument,
    "\n  mutation CreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      apiKey { id name prefix createdAt lastUsedAt }\n      secret\n      userErrors { code message path }\n    }\n  }\n": typeof types.CreateApiKeyDocument,
    "\n  mutation DeleteApiKey($input: DeleteApiKeyInput!) {\n    deleteApiKey(input: $input) {\n      deletedId\n      userErrors { code message path }\n    }\n  }\n": typeof types.DeleteApiKeyDocument,
    "\n  fragment ClientRow on Client {\n    clientId\n    username\n    connected\n    protocolVersion\n    transport\n    tlsVersion\n    remoteAddress\n    connectedAt\n    disconnectedAt\n    subscriptionCount\n    inflight\n    queueLength\n    messagesDropped\n    messagesSentPerSecond\n    advice { code message }\n  }\n": typeof types.ClientRowFragmentDoc,
    "\n  query Clients($deploymentId: ID!, $search: String, $first: Int!, $after: String) {\n    deployment(id: $deploymentId) {\n      id\n      clients(search: $search, first: $first, after: $after) {\n        nodes { ...ClientRow }\n        pageInfo { hasNextPage endCursor }\n        totalCount\n        unavailable { code message }\n      }\n    }\n  }\n": typeof types.ClientsDocument,
    "\n  query Client($deploymentId: ID!, $clientId: String!) {\n    deployment(id: $deploymentId) {\n      id\n      client(clientId: $clientId) {\n        ...ClientRow\n        cleanStart\n        keepAliveSeconds\n        sessionExpirySeconds\n        messagesReceived\n        messagesSent\n        subscriptions { topicFilter qos noLocal retainAsPublished retainHandling }\n      }\n      clientFaults(clientId: $clientId) { at reasonCode message remoteAddress }\n    }\n  }\n": typeof types.ClientDocument,
    "\n  mutation DisconnectClient($input: DisconnectClientInput!) {\n    disconnectClient(input: $input) {\n      disconnected\n      userErrors { code message path }\n    }\n  }\n": typeof types.DisconnectClientDocument,
    "\n  query Credentials($deploymentId: ID!, $search: String, $first: Int!, $after: String) {\n    credentials(deploymentId: $deploymentId, search: $search, first: $first, after: $after) {\n      nodes { id username description createdAt viewerCan { delete { allowed reason } } }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": typeof types.CredentialsDocument,
    "\n  mutation CreateCredential($input: CreateCredentialInput!) {\n    createCredential(input: $input) {\n      credential { id username description createdAt }\n      secret\n      userErrors { code message path }\n    }\n  }\n": typeof types.CreateCredentialDocument,
    "\n  mutation DeleteCredential($input: DeleteCredentialInput!) {\n    deleteCredential(input: $input) {\n      deletedId\n      userErrors { code message path }\n    }\n  }\n": typeof types.DeleteCredentialDocument,
    "\n  fragment DeploymentRow on Deployment {\n    id\n    name\n    phase\n    phaseReason\n    version\n    createdAt\n    plan { id name }\n    region { id name }\n    quotas { clientsMax messagesPerSecondMax }\n    latest { at clients messagesIn messagesOut }\n    viewerCan { start { allowed reason } stop { allowed reason } }\n  }\n": typeof types.DeploymentRowFragmentDoc,
    "\n  fragment DeploymentDetail on Deployment {\n    id\n    name\n    slug\n    phase\n    phaseReason\n    version\n    durability\n    isolation\n    brokerVersion\n    availableBrokerVersion\n    autoUpgrade\n    policyRevision\n    appliedRevision\n    deletionProtection\n    sleepAfterSeconds\n    asleepSince\n    nextWakeAt\n    wakeCount\n    lastWake { cause at milliseconds }\n    expiresAt\n    createdAt\n    startedAt\n    project { id name organization { id name } }\n    plan { id name tier }\n    region { id name }\n    connection { host mqttsPort mqttPort wssUrl wsUrl }\n    quotas {\n      clientsMax sessionsMax messagesPerSecondMax clientPublishPerSecondMax packetBytesMax subscriptionsPerClientMax topicLevelsMax\n      queueLengthMax inflightMax sessionExpirySecondsMax credentialsMax accessRulesMax retainedMax storeBytesMax\n    }\n    limitHits { limit hits }\n    latest { at clients sessions subscriptions retained messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n    currentOperation { id }\n    drift { kind attributes foundAt }\n    viewerCan {\n      update { allowed reason }\n      start { allowed reason }\n      stop { allowed reason }\n      delete { allowed reason }\n      resize { allowed reason }\n      upgrade { allowed reason }\n      createCredential { allowed reason }\n      disconnectClient { allowed reason }\n    }\n  }\n": typeof types.DeploymentDetailFragmentDoc,
    "\n  query Deployments($projectId: ID!, $first: Int!, $after: String) {\n    deployments(projectId: $projectId, first: $first, after: $after) {\n      nodes { ...DeploymentRow }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": typeof types.DeploymentsDocument,
    "\n  subscription DeploymentsUpdated($projectId: ID!) {\n    deploymentsUpdated(projectId: $projectId) { ...DeploymentRow }\n  }\n": typeof types.DeploymentsUpdatedDocument,
    "\n  query DeploymentSparks($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Deployment {\n        id\n        latest { at clients messagesIn messagesOut }\n        metrics(rangeSeconds: 900) { stepSeconds points { at messagesIn messagesOut } }\n      }\n    }\n  }\n": typeof types.DeploymentSparksDocument,
    "\n  query Deployment($id: ID!) {\n    deployment(id: $id) { ...DeploymentDetail }\n  }\n": typeof types.DeploymentDocument,
    "\n  subscription DeploymentUpdated($id: ID!) {\n    deploymentUpdated(id: $id) { ...DeploymentDetail }\n  }\n": typeof types.DeploymentUpdatedDocument,
    "\n  query Catalog {\n    plans { id name summary tier selectable deploymentsMax plainPort quotas { clientsMax sessionsMax messagesPerSecondMax packetBytesMax sessionExpirySecondsMax storeBytesMax } }\n    regions { id name available }\n    installation { domain }\n  }\n": typeof types.CatalogDocument,
    "\n  query PlanChoices($id: ID!) {\n    deployment(id: $id) {\n      id\n      planChoices {\n        current\n        allowed\n        reason\n        over { quota limit used }\n        plan {\n          id name plainPort\n          quotas {\n            clientsMax sessionsMax messagesPerSecondMax clientPublishPerSecondMax packetBytesMax subscriptionsPerClientMax topicLevelsMax\n            queueLengthMax inflightMax sessionExpirySecondsMax credentialsMax accessRulesMax retainedMax storeBytesMax\n          }\n        }\n      }\n    }\n  }\n": typeof types.PlanChoicesDocument,
    "\n  mutation ResizeDeployment($input: ResizeDeploymentInput!) {\n    resizeDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": typeof types.ResizeDeploymentDocument,
    "\n  mutation UpgradeDeployment($input: UpgradeDeploymentInput!) {\n    upgradeDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": typeof types.UpgradeDeploymentDocument,
    "\n  mutation CreateDeployment($input: CreateDeploymentInput!) {\n    createDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": typeof types.CreateDeploymentDocument,
    "\n  mutation UpdateDeployment($input: UpdateDeploymentInput!) {\n    updateDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      userErrors { code message path }\n    }\n  }\n": typeof types.UpdateDeploymentDocument,
    "\n  mutation StartDeployment($input: StartDeploymentInput!) {\n    startDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": typeof types.StartDeploymentDocument,
    "\n  mutation StopDeployment($input: StopDeploymentInput!) {\n    stopDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": typeof types.StopDeploymentDocument,
    "\n  mutation DeleteDeployment($input: DeleteDeploymentInput!) {\n    deleteDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": typeof types.DeleteDeploymentDocument,
    "\n  query Exports($organizationId: ID!, $first: Int!, $after: String) {\n    exports(organizationId: $organizationId, first: $first, after: $after) {\n      nodes { id kind from to state rows bytes errorCode errorMessage requestedBy createdAt expiresAt downloadUrl }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": typeof types.ExportsDocument,
    "\n  subscription ExportsUpdated($organizationId: ID!) {\n    exportsUpdated(organizationId: $organizationId) { id state }\n  }\n": typeof types.ExportsUpdatedDocument,
    "\n  mutation CreateExport($input: CreateExportInput!) {\n    createExport(input: $input) {\n      export { id }\n      userErrors { code message path }\n    }\n  }\n": typeof types.CreateExportDocument,
    "\n  query Cells {\n    cells {\n      id name regionId kind weight full\n      machines { id name host isolation seenAt lost state certificateExpiresAt deployments }\n    }\n  }\n": typeof types.CellsDocument,
    "\n  mutation UpdateCell($input: UpdateCellInput!) {\n    updateCell(input: $input) {\n      cell { id weight full }\n      userErrors { code message path }\n    }\n  }\n": typeof types.UpdateCellDocument,
    "\n  query Troubled {\n    troubledDeployments {\n      organizationName deploymentId deploymentName phase reason verb attempts lastError nextTryAt since\n    }\n  }\n": typeof types.TroubledDocument,
    "\n  query Orphans {\n    orphans { id deploymentId reason removed foundAt }\n  }\n": typeof types.OrphansDocument,
    "\n  mutation RepairDeployment($input: RepairDeploymentInput!) {\n    repairDeployment(input: $input) {\n      operation { id state }\n      userErrors { code message path }\n    }\n  }\n": typeof types.RepairDeploymentDocument,
    "\n  mutation CreateJoinToken($input: CreateJoinTokenInput!) {\n    createJoinToken(input: $input) {\n      joinToken { id cell expiresAt }\n      token\n      command\n      userErrors { code message path }\n    }\n  }\n": typeof types.CreateJoinTokenDocument,
    "\n  mutation RevokeMachine($input: RevokeMachineInput!) {\n    revokeMachine(input: $input) {\n      revokedId\n      userErrors { code message path }\n    }\n  }\n": typeof types.RevokeMachineDocument,
    "\n  mutation RemoveMachine($input: RemoveMachineInput!) {\n    removeMachine(input: $input) {\n      removedId\n      userErrors { code message path }\n    }\n  }\n": typeof types.RemoveMachineDocument,
    "\n  query Metrics($id: ID!, $rangeSeconds: Int!) {\n    deployment(id: $id) {\n      id\n      metrics(rangeSeconds: $rangeSeconds) {\n        stepSeconds\n        points { at clients messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n      }\n    }\n  }\n": typeof types.MetricsDocument,
    "\n  subscription MetricsUpdated($id: ID!) {\n    deploymentMetrics(id: $id) { at clients messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n  }\n": typeof types.MetricsUpdatedDocument,
    "\n  query Notices($organizationId: ID!) {\n    notices(organizationId: $organizationId, first: 100) {\n      nodes { id deploymentId deploymentName kind dueAt }\n    }\n  }\n": typeof types.NoticesDocument,
    "\n  mutation DismissNotice($input: DismissNoticeInput!) {\n    dismissNotice(input: $input) {\n      dismissedId\n      userErrors { code message path }\n    }\n  }\n": typeof types.DismissNoticeDocument,
    "\n  fragment OperationDetail on Operation {\n    id\n    verb\n    state\n    percent\n    errorCode\n    errorMessage\n    requestedBy\n    deploymentName\n    deployment { id phase }\n    createdAt\n    startedAt\n    finishedAt\n    steps { name title state startedAt finishedAt message }\n  }\n": typeof types.OperationDetailFragmentDoc,
    "\n  query Operation($id: ID!) {\n    operation(id: $id) { ...OperationDetail }\n  }\n": typeof types.OperationDocument,
    "\n  subscription OperationUpdated($id: ID!) {\n    operationUpdated(id: $id) { ...OperationDetail }\n  }\n": typeof types.OperationUpdatedDocument,
    "\n  query Operations($deploymentId: ID, $first: Int!, $after: String) {\n    operations(deploymentId: $deploymentId, first: $first, after: $after) {\n      nodes { id verb state percent errorCode errorMessage requestedBy deploymentName deployment { id } createdAt startedAt finishedAt }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": typeof types.OperationsDocument,
    "\n  mutation CreateProject($input: CreateProjectInput!) {\n    createProject(input: $input) {\n      project { id name }\n      userErrors { code message path }\n    }\n  }\n": typeof types.CreateProjectDocument,
    "\n  query SearchDeployments($search: String!) {\n    deployments(filter: { search: $search }, first: 8) {\n      nodes { id name phase project { id name } }\n    }\n  }\n": typeof types.SearchDeploymentsDocument,
    "\n  query Viewer {\n    viewer {\n      person { id email name }\n      isOperator\n      organizations {\n        id\n        name\n        viewerCan { createProject { allowed reason } createApiKey { allowed reason } createExport { allowed reason } }\n        projects(first: 100) { nodes { id name viewerCan { createDeployment { allowed reason } } } }\n      }\n    }\n  }\n": typeof types.ViewerDocument,
    "\n  query Installation {\n    installation { signUp caUrl domain version }\n  }\n": typeof types.InstallationDocument,
};
const documents: Documents = {
    "\n  query ApiKeys($organizationId: ID!, $first: Int!, $after: String) {\n    apiKeys(organizationId: $organizationId, first: $first, after: $after) {\n      nodes { id name prefix createdAt lastUsedAt }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": types.ApiKeysDocument,
    "\n  mutation CreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      apiKey { id name prefix createdAt lastUsedAt }\n      secret\n      userErrors { code message path }\n    }\n  }\n": types.CreateApiKeyDocument,
    "\n  mutation DeleteApiKey($input: DeleteApiKeyInput!) {\n    deleteApiKey(input: $input) {\n      deletedId\n      userErrors { code message path }\n    }\n  }\n": types.DeleteApiKeyDocument,
    "\n  fragment ClientRow on Client {\n    clientId\n    username\n    connected\n    protocolVersion\n    transport\n    tlsVersion\n    remoteAddress\n    connectedAt\n    disconnectedAt\n    subscriptionCount\n    inflight\n    queueLength\n    messagesDropped\n    messagesSentPerSecond\n    advice { code message }\n  }\n": types.ClientRowFragmentDoc,
    "\n  query Clients($deploymentId: ID!, $search: String, $first: Int!, $after: String) {\n    deployment(id: $deploymentId) {\n      id\n      clients(search: $search, first: $first, after: $after) {\n        nodes { ...ClientRow }\n        pageInfo { hasNextPage endCursor }\n        totalCount\n        unavailable { code message }\n      }\n    }\n  }\n": types.ClientsDocument,
    "\n  query Client($deploymentId: ID!, $clientId: String!) {\n    deployment(id: $deploymentId) {\n      id\n      client(clientId: $clientId) {\n        ...ClientRow\n        cleanStart\n        keepAliveSeconds\n        sessionExpirySeconds\n        messagesReceived\n        messagesSent\n        subscriptions { topicFilter qos noLocal retainAsPublished retainHandling }\n      }\n      clientFaults(clientId: $clientId) { at reasonCode message remoteAddress }\n    }\n  }\n": types.ClientDocument,
    "\n  mutation DisconnectClient($input: DisconnectClientInput!) {\n    disconnectClient(input: $input) {\n      disconnected\n      userErrors { code message path }\n    }\n  }\n": types.DisconnectClientDocument,
    "\n  query Credentials($deploymentId: ID!, $search: String, $first: Int!, $after: String) {\n    credentials(deploymentId: $deploymentId, search: $search, first: $first, after: $after) {\n      nodes { id username description createdAt viewerCan { delete { allowed reason } } }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": types.CredentialsDocument,
    "\n  mutation CreateCredential($input: CreateCredentialInput!) {\n    createCredential(input: $input) {\n      credential { id username description createdAt }\n      secret\n      userErrors { code message path }\n    }\n  }\n": types.CreateCredentialDocument,
    "\n  mutation DeleteCredential($input: DeleteCredentialInput!) {\n    deleteCredential(input: $input) {\n      deletedId\n      userErrors { code message path }\n    }\n  }\n": types.DeleteCredentialDocument,
    "\n  fragment DeploymentRow on Deployment {\n    id\n    name\n    phase\n    phaseReason\n    version\n    createdAt\n    plan { id name }\n    region { id name }\n    quotas { clientsMax messagesPerSecondMax }\n    latest { at clients messagesIn messagesOut }\n    viewerCan { start { allowed reason } stop { allowed reason } }\n  }\n": types.DeploymentRowFragmentDoc,
    "\n  fragment DeploymentDetail on Deployment {\n    id\n    name\n    slug\n    phase\n    phaseReason\n    version\n    durability\n    isolation\n    brokerVersion\n    availableBrokerVersion\n    autoUpgrade\n    policyRevision\n    appliedRevision\n    deletionProtection\n    sleepAfterSeconds\n    asleepSince\n    nextWakeAt\n    wakeCount\n    lastWake { cause at milliseconds }\n    expiresAt\n    createdAt\n    startedAt\n    project { id name organization { id name } }\n    plan { id name tier }\n    region { id name }\n    connection { host mqttsPort mqttPort wssUrl wsUrl }\n    quotas {\n      clientsMax sessionsMax messagesPerSecondMax clientPublishPerSecondMax packetBytesMax subscriptionsPerClientMax topicLevelsMax\n      queueLengthMax inflightMax sessionExpirySecondsMax credentialsMax accessRulesMax retainedMax storeBytesMax\n    }\n    limitHits { limit hits }\n    latest { at clients sessions subscriptions retained messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n    currentOperation { id }\n    drift { kind attributes foundAt }\n    viewerCan {\n      update { allowed reason }\n      start { allowed reason }\n      stop { allowed reason }\n      delete { allowed reason }\n      resize { allowed reason }\n      upgrade { allowed reason }\n      createCredential { allowed reason }\n      disconnectClient { allowed reason }\n    }\n  }\n": types.DeploymentDetailFragmentDoc,
    "\n  query Deployments($projectId: ID!, $first: Int!, $after: String) {\n    deployments(projectId: $projectId, first: $first, after: $after) {\n      nodes { ...DeploymentRow }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": types.DeploymentsDocument,
    "\n  subscription DeploymentsUpdated($projectId: ID!) {\n    deploymentsUpdated(projectId: $projectId) { ...DeploymentRow }\n  }\n": types.DeploymentsUpdatedDocument,
    "\n  query DeploymentSparks($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Deployment {\n        id\n        latest { at clients messagesIn messagesOut }\n        metrics(rangeSeconds: 900) { stepSeconds points { at messagesIn messagesOut } }\n      }\n    }\n  }\n": types.DeploymentSparksDocument,
    "\n  query Deployment($id: ID!) {\n    deployment(id: $id) { ...DeploymentDetail }\n  }\n": types.DeploymentDocument,
    "\n  subscription DeploymentUpdated($id: ID!) {\n    deploymentUpdated(id: $id) { ...DeploymentDetail }\n  }\n": types.DeploymentUpdatedDocument,
    "\n  query Catalog {\n    plans { id name summary tier selectable deploymentsMax plainPort quotas { clientsMax sessionsMax messagesPerSecondMax packetBytesMax sessionExpirySecondsMax storeBytesMax } }\n    regions { id name available }\n    installation { domain }\n  }\n": types.CatalogDocument,
    "\n  query PlanChoices($id: ID!) {\n    deployment(id: $id) {\n      id\n      planChoices {\n        current\n        allowed\n        reason\n        over { quota limit used }\n        plan {\n          id name plainPort\n          quotas {\n            clientsMax sessionsMax messagesPerSecondMax clientPublishPerSecondMax packetBytesMax subscriptionsPerClientMax topicLevelsMax\n            queueLengthMax inflightMax sessionExpirySecondsMax credentialsMax accessRulesMax retainedMax storeBytesMax\n          }\n        }\n      }\n    }\n  }\n": types.PlanChoicesDocument,
    "\n  mutation ResizeDeployment($input: ResizeDeploymentInput!) {\n    resizeDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": types.ResizeDeploymentDocument,
    "\n  mutation UpgradeDeployment($input: UpgradeDeploymentInput!) {\n    upgradeDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": types.UpgradeDeploymentDocument,
    "\n  mutation CreateDeployment($input: CreateDeploymentInput!) {\n    createDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": types.CreateDeploymentDocument,
    "\n  mutation UpdateDeployment($input: UpdateDeploymentInput!) {\n    updateDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      userErrors { code message path }\n    }\n  }\n": types.UpdateDeploymentDocument,
    "\n  mutation StartDeployment($input: StartDeploymentInput!) {\n    startDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": types.StartDeploymentDocument,
    "\n  mutation StopDeployment($input: StopDeploymentInput!) {\n    stopDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": types.StopDeploymentDocument,
    "\n  mutation DeleteDeployment($input: DeleteDeploymentInput!) {\n    deleteDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n": types.DeleteDeploymentDocument,
    "\n  query Exports($organizationId: ID!, $first: Int!, $after: String) {\n    exports(organizationId: $organizationId, first: $first, after: $after) {\n      nodes { id kind from to state rows bytes errorCode errorMessage requestedBy createdAt expiresAt downloadUrl }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": types.ExportsDocument,
    "\n  subscription ExportsUpdated($organizationId: ID!) {\n    exportsUpdated(organizationId: $organizationId) { id state }\n  }\n": types.ExportsUpdatedDocument,
    "\n  mutation CreateExport($input: CreateExportInput!) {\n    createExport(input: $input) {\n      export { id }\n      userErrors { code message path }\n    }\n  }\n": types.CreateExportDocument,
    "\n  query Cells {\n    cells {\n      id name regionId kind weight full\n      machines { id name host isolation seenAt lost state certificateExpiresAt deployments }\n    }\n  }\n": types.CellsDocument,
    "\n  mutation UpdateCell($input: UpdateCellInput!) {\n    updateCell(input: $input) {\n      cell { id weight full }\n      userErrors { code message path }\n    }\n  }\n": types.UpdateCellDocument,
    "\n  query Troubled {\n    troubledDeployments {\n      organizationName deploymentId deploymentName phase reason verb attempts lastError nextTryAt since\n    }\n  }\n": types.TroubledDocument,
    "\n  query Orphans {\n    orphans { id deploymentId reason removed foundAt }\n  }\n": types.OrphansDocument,
    "\n  mutation RepairDeployment($input: RepairDeploymentInput!) {\n    repairDeployment(input: $input) {\n      operation { id state }\n      userErrors { code message path }\n    }\n  }\n": types.RepairDeploymentDocument,
    "\n  mutation CreateJoinToken($input: CreateJoinTokenInput!) {\n    createJoinToken(input: $input) {\n      joinToken { id cell expiresAt }\n      token\n      command\n      userErrors { code message path }\n    }\n  }\n": types.CreateJoinTokenDocument,
    "\n  mutation RevokeMachine($input: RevokeMachineInput!) {\n    revokeMachine(input: $input) {\n      revokedId\n      userErrors { code message path }\n    }\n  }\n": types.RevokeMachineDocument,
    "\n  mutation RemoveMachine($input: RemoveMachineInput!) {\n    removeMachine(input: $input) {\n      removedId\n      userErrors { code message path }\n    }\n  }\n": types.RemoveMachineDocument,
    "\n  query Metrics($id: ID!, $rangeSeconds: Int!) {\n    deployment(id: $id) {\n      id\n      metrics(rangeSeconds: $rangeSeconds) {\n        stepSeconds\n        points { at clients messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n      }\n    }\n  }\n": types.MetricsDocument,
    "\n  subscription MetricsUpdated($id: ID!) {\n    deploymentMetrics(id: $id) { at clients messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n  }\n": types.MetricsUpdatedDocument,
    "\n  query Notices($organizationId: ID!) {\n    notices(organizationId: $organizationId, first: 100) {\n      nodes { id deploymentId deploymentName kind dueAt }\n    }\n  }\n": types.NoticesDocument,
    "\n  mutation DismissNotice($input: DismissNoticeInput!) {\n    dismissNotice(input: $input) {\n      dismissedId\n      userErrors { code message path }\n    }\n  }\n": types.DismissNoticeDocument,
    "\n  fragment OperationDetail on Operation {\n    id\n    verb\n    state\n    percent\n    errorCode\n    errorMessage\n    requestedBy\n    deploymentName\n    deployment { id phase }\n    createdAt\n    startedAt\n    finishedAt\n    steps { name title state startedAt finishedAt message }\n  }\n": types.OperationDetailFragmentDoc,
    "\n  query Operation($id: ID!) {\n    operation(id: $id) { ...OperationDetail }\n  }\n": types.OperationDocument,
    "\n  subscription OperationUpdated($id: ID!) {\n    operationUpdated(id: $id) { ...OperationDetail }\n  }\n": types.OperationUpdatedDocument,
    "\n  query Operations($deploymentId: ID, $first: Int!, $after: String) {\n    operations(deploymentId: $deploymentId, first: $first, after: $after) {\n      nodes { id verb state percent errorCode errorMessage requestedBy deploymentName deployment { id } createdAt startedAt finishedAt }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": types.OperationsDocument,
    "\n  mutation CreateProject($input: CreateProjectInput!) {\n    createProject(input: $input) {\n      project { id name }\n      userErrors { code message path }\n    }\n  }\n": types.CreateProjectDocument,
    "\n  query SearchDeployments($search: String!) {\n    deployments(filter: { search: $search }, first: 8) {\n      nodes { id name phase project { id name } }\n    }\n  }\n": types.SearchDeploymentsDocument,
    "\n  query Viewer {\n    viewer {\n      person { id email name }\n      isOperator\n      organizations {\n        id\n        name\n        viewerCan { createProject { allowed reason } createApiKey { allowed reason } createExport { allowed reason } }\n        projects(first: 100) { nodes { id name viewerCan { createDeployment { allowed reason } } } }\n      }\n    }\n  }\n": types.ViewerDocument,
    "\n  query Installation {\n    installation { signUp caUrl domain version }\n  }\n": types.InstallationDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ApiKeys($organizationId: ID!, $first: Int!, $after: String) {\n    apiKeys(organizationId: $organizationId, first: $first, after: $after) {\n      nodes { id name prefix createdAt lastUsedAt }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n"): typeof import('./graphql').ApiKeysDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateApiKey($input: CreateApiKeyInput!) {\n    createApiKey(input: $input) {\n      apiKey { id name prefix createdAt lastUsedAt }\n      secret\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').CreateApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteApiKey($input: DeleteApiKeyInput!) {\n    deleteApiKey(input: $input) {\n      deletedId\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').DeleteApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ClientRow on Client {\n    clientId\n    username\n    connected\n    protocolVersion\n    transport\n    tlsVersion\n    remoteAddress\n    connectedAt\n    disconnectedAt\n    subscriptionCount\n    inflight\n    queueLength\n    messagesDropped\n    messagesSentPerSecond\n    advice { code message }\n  }\n"): typeof import('./graphql').ClientRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Clients($deploymentId: ID!, $search: String, $first: Int!, $after: String) {\n    deployment(id: $deploymentId) {\n      id\n      clients(search: $search, first: $first, after: $after) {\n        nodes { ...ClientRow }\n        pageInfo { hasNextPage endCursor }\n        totalCount\n        unavailable { code message }\n      }\n    }\n  }\n"): typeof import('./graphql').ClientsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Client($deploymentId: ID!, $clientId: String!) {\n    deployment(id: $deploymentId) {\n      id\n      client(clientId: $clientId) {\n        ...ClientRow\n        cleanStart\n        keepAliveSeconds\n        sessionExpirySeconds\n        messagesReceived\n        messagesSent\n        subscriptions { topicFilter qos noLocal retainAsPublished retainHandling }\n      }\n      clientFaults(clientId: $clientId) { at reasonCode message remoteAddress }\n    }\n  }\n"): typeof import('./graphql').ClientDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DisconnectClient($input: DisconnectClientInput!) {\n    disconnectClient(input: $input) {\n      disconnected\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').DisconnectClientDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Credentials($deploymentId: ID!, $search: String, $first: Int!, $after: String) {\n    credentials(deploymentId: $deploymentId, search: $search, first: $first, after: $after) {\n      nodes { id username description createdAt viewerCan { delete { allowed reason } } }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n"): typeof import('./graphql').CredentialsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateCredential($input: CreateCredentialInput!) {\n    createCredential(input: $input) {\n      credential { id username description createdAt }\n      secret\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').CreateCredentialDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteCredential($input: DeleteCredentialInput!) {\n    deleteCredential(input: $input) {\n      deletedId\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').DeleteCredentialDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment DeploymentRow on Deployment {\n    id\n    name\n    phase\n    phaseReason\n    version\n    createdAt\n    plan { id name }\n    region { id name }\n    quotas { clientsMax messagesPerSecondMax }\n    latest { at clients messagesIn messagesOut }\n    viewerCan { start { allowed reason } stop { allowed reason } }\n  }\n"): typeof import('./graphql').DeploymentRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment DeploymentDetail on Deployment {\n    id\n    name\n    slug\n    phase\n    phaseReason\n    version\n    durability\n    isolation\n    brokerVersion\n    availableBrokerVersion\n    autoUpgrade\n    policyRevision\n    appliedRevision\n    deletionProtection\n    sleepAfterSeconds\n    asleepSince\n    nextWakeAt\n    wakeCount\n    lastWake { cause at milliseconds }\n    expiresAt\n    createdAt\n    startedAt\n    project { id name organization { id name } }\n    plan { id name tier }\n    region { id name }\n    connection { host mqttsPort mqttPort wssUrl wsUrl }\n    quotas {\n      clientsMax sessionsMax messagesPerSecondMax clientPublishPerSecondMax packetBytesMax subscriptionsPerClientMax topicLevelsMax\n      queueLengthMax inflightMax sessionExpirySecondsMax credentialsMax accessRulesMax retainedMax storeBytesMax\n    }\n    limitHits { limit hits }\n    latest { at clients sessions subscriptions retained messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n    currentOperation { id }\n    drift { kind attributes foundAt }\n    viewerCan {\n      update { allowed reason }\n      start { allowed reason }\n      stop { allowed reason }\n      delete { allowed reason }\n      resize { allowed reason }\n      upgrade { allowed reason }\n      createCredential { allowed reason }\n      disconnectClient { allowed reason }\n    }\n  }\n"): typeof import('./graphql').DeploymentDetailFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Deployments($projectId: ID!, $first: Int!, $after: String) {\n    deployments(projectId: $projectId, first: $first, after: $after) {\n      nodes { ...DeploymentRow }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n"): typeof import('./graphql').DeploymentsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription DeploymentsUpdated($projectId: ID!) {\n    deploymentsUpdated(projectId: $projectId) { ...DeploymentRow }\n  }\n"): typeof import('./graphql').DeploymentsUpdatedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query DeploymentSparks($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      ... on Deployment {\n        id\n        latest { at clients messagesIn messagesOut }\n        metrics(rangeSeconds: 900) { stepSeconds points { at messagesIn messagesOut } }\n      }\n    }\n  }\n"): typeof import('./graphql').DeploymentSparksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Deployment($id: ID!) {\n    deployment(id: $id) { ...DeploymentDetail }\n  }\n"): typeof import('./graphql').DeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription DeploymentUpdated($id: ID!) {\n    deploymentUpdated(id: $id) { ...DeploymentDetail }\n  }\n"): typeof import('./graphql').DeploymentUpdatedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Catalog {\n    plans { id name summary tier selectable deploymentsMax plainPort quotas { clientsMax sessionsMax messagesPerSecondMax packetBytesMax sessionExpirySecondsMax storeBytesMax } }\n    regions { id name available }\n    installation { domain }\n  }\n"): typeof import('./graphql').CatalogDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PlanChoices($id: ID!) {\n    deployment(id: $id) {\n      id\n      planChoices {\n        current\n        allowed\n        reason\n        over { quota limit used }\n        plan {\n          id name plainPort\n          quotas {\n            clientsMax sessionsMax messagesPerSecondMax clientPublishPerSecondMax packetBytesMax subscriptionsPerClientMax topicLevelsMax\n            queueLengthMax inflightMax sessionExpirySecondsMax credentialsMax accessRulesMax retainedMax storeBytesMax\n          }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').PlanChoicesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResizeDeployment($input: ResizeDeploymentInput!) {\n    resizeDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').ResizeDeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpgradeDeployment($input: UpgradeDeploymentInput!) {\n    upgradeDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').UpgradeDeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateDeployment($input: CreateDeploymentInput!) {\n    createDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').CreateDeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateDeployment($input: UpdateDeploymentInput!) {\n    updateDeployment(input: $input) {\n      deployment { ...DeploymentDetail }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').UpdateDeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StartDeployment($input: StartDeploymentInput!) {\n    startDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').StartDeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StopDeployment($input: StopDeploymentInput!) {\n    stopDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').StopDeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteDeployment($input: DeleteDeploymentInput!) {\n    deleteDeployment(input: $input) {\n      operation { id }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').DeleteDeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Exports($organizationId: ID!, $first: Int!, $after: String) {\n    exports(organizationId: $organizationId, first: $first, after: $after) {\n      nodes { id kind from to state rows bytes errorCode errorMessage requestedBy createdAt expiresAt downloadUrl }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n"): typeof import('./graphql').ExportsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ExportsUpdated($organizationId: ID!) {\n    exportsUpdated(organizationId: $organizationId) { id state }\n  }\n"): typeof import('./graphql').ExportsUpdatedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateExport($input: CreateExportInput!) {\n    createExport(input: $input) {\n      export { id }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').CreateExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Cells {\n    cells {\n      id name regionId kind weight full\n      machines { id name host isolation seenAt lost state certificateExpiresAt deployments }\n    }\n  }\n"): typeof import('./graphql').CellsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateCell($input: UpdateCellInput!) {\n    updateCell(input: $input) {\n      cell { id weight full }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').UpdateCellDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Troubled {\n    troubledDeployments {\n      organizationName deploymentId deploymentName phase reason verb attempts lastError nextTryAt since\n    }\n  }\n"): typeof import('./graphql').TroubledDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Orphans {\n    orphans { id deploymentId reason removed foundAt }\n  }\n"): typeof import('./graphql').OrphansDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RepairDeployment($input: RepairDeploymentInput!) {\n    repairDeployment(input: $input) {\n      operation { id state }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').RepairDeploymentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateJoinToken($input: CreateJoinTokenInput!) {\n    createJoinToken(input: $input) {\n      joinToken { id cell expiresAt }\n      token\n      command\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').CreateJoinTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeMachine($input: RevokeMachineInput!) {\n    revokeMachine(input: $input) {\n      revokedId\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').RevokeMachineDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RemoveMachine($input: RemoveMachineInput!) {\n    removeMachine(input: $input) {\n      removedId\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').RemoveMachineDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Metrics($id: ID!, $rangeSeconds: Int!) {\n    deployment(id: $id) {\n      id\n      metrics(rangeSeconds: $rangeSeconds) {\n        stepSeconds\n        points { at clients messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n      }\n    }\n  }\n"): typeof import('./graphql').MetricsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription MetricsUpdated($id: ID!) {\n    deploymentMetrics(id: $id) { at clients messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }\n  }\n"): typeof import('./graphql').MetricsUpdatedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Notices($organizationId: ID!) {\n    notices(organizationId: $organizationId, first: 100) {\n      nodes { id deploymentId deploymentName kind dueAt }\n    }\n  }\n"): typeof import('./graphql').NoticesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DismissNotice($input: DismissNoticeInput!) {\n    dismissNotice(input: $input) {\n      dismissedId\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').DismissNoticeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment OperationDetail on Operation {\n    id\n    verb\n    state\n    percent\n    errorCode\n    errorMessage\n    requestedBy\n    deploymentName\n    deployment { id phase }\n    createdAt\n    startedAt\n    finishedAt\n    steps { name title state startedAt finishedAt message }\n  }\n"): typeof import('./graphql').OperationDetailFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Operation($id: ID!) {\n    operation(id: $id) { ...OperationDetail }\n  }\n"): typeof import('./graphql').OperationDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription OperationUpdated($id: ID!) {\n    operationUpdated(id: $id) { ...OperationDetail }\n  }\n"): typeof import('./graphql').OperationUpdatedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Operations($deploymentId: ID, $first: Int!, $after: String) {\n    operations(deploymentId: $deploymentId, first: $first, after: $after) {\n      nodes { id verb state percent errorCode errorMessage requestedBy deploymentName deployment { id } createdAt startedAt finishedAt }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n"): typeof import('./graphql').OperationsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateProject($input: CreateProjectInput!) {\n    createProject(input: $input) {\n      project { id name }\n      userErrors { code message path }\n    }\n  }\n"): typeof import('./graphql').CreateProjectDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SearchDeployments($search: String!) {\n    deployments(filter: { search: $search }, first: 8) {\n      nodes { id name phase project { id name } }\n    }\n  }\n"): typeof import('./graphql').SearchDeploymentsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Viewer {\n    viewer {\n      person { id email name }\n      isOperator\n      organizations {\n        id\n        name\n        viewerCan { createProject { allowed reason } createApiKey { allowed reason } createExport { allowed reason } }\n        projects(first: 100) { nodes { id name viewerCan { createDeployment { allowed reason } } } }\n      }\n    }\n  }\n"): typeof import('./graphql').ViewerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Installation {\n    installation { signUp caUrl domain version }\n  }\n"): typeof import('./graphql').InstallationDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
