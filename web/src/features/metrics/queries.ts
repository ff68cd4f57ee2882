import { graphql } from '../../gql';

export const MetricsQuery = graphql(`
  query Metrics($id: ID!, $rangeSeconds: Int!) {
    deployment(id: $id) {
      id
      metrics(rangeSeconds: $rangeSeconds) {
        stepSeconds
        points { at clients messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }
      }
    }
  }
`);

export const MetricsUpdated = graphql(`
  subscription MetricsUpdated($id: ID!) {
    deploymentMetrics(id: $id) { at clients messagesIn messagesOut bytesIn bytesOut messagesDropped connectsRefused memoryBytes storeBytes }
  }
`);
