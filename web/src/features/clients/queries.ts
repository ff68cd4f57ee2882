import { graphql } from '../../gql';

graphql(`
  fragment ClientRow on Client {
    clientId
    username
    connected
    protocolVersion
    transport
    tlsVersion
    remoteAddress
    connectedAt
    disconnectedAt
    subscriptionCount
    inflight
    queueLength
    messagesDropped
    messagesSentPerSecond
    advice { code message }
  }
`);

export const ClientsQuery = graphql(`
  query Clients($deploymentId: ID!, $search: String, $first: Int!, $after: String) {
    deployment(id: $deploymentId) {
      id
      clients(search: $search, first: $first, after: $after) {
        nodes { ...ClientRow }
        pageInfo { hasNextPage endCursor }
        totalCount
        unavailable { code message }
      }
    }
  }
`);

export const ClientQuery = graphql(`
  query Client($deploymentId: ID!, $clientId: String!) {
    deployment(id: $deploymentId) {
      id
      client(clientId: $clientId) {
        ...ClientRow
        cleanStart
        keepAliveSeconds
        sessionExpirySeconds
        messagesReceived
        messagesSent
        subscriptions { topicFilter qos noLocal retainAsPublished retainHandling }
      }
      clientFaults(clientId: $clientId) { at reasonCode message remoteAddress }
    }
  }
`);

export const DisconnectClient = graphql(`
  mutation DisconnectClient($input: DisconnectClientInput!) {
    disconnectClient(input: $input) {
      disconnected
      userErrors { code message path }
    }
  }
`);
