import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Deployment } from '../deployments/deployments.model.js';
import { SearchPageArgs } from '../graphql/connection.js';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import type { Viewer } from '../viewer/viewer.js';
import { Client, ClientConnection, ClientFault, DisconnectClientInput, DisconnectClientPayload } from './clients.model.js';
import { ClientsService } from './clients.service.js';

@Resolver(() => Deployment)
export class ClientsResolver {
  constructor(private readonly service: ClientsService) {}

  @ResolveField(() => ClientConnection, { description: 'Asked of the running broker; see `clients.unavailable` when it cannot answer.' })
  clients(@Parent() { row }: Deployment, @Args() args: SearchPageArgs): Promise<ClientConnection> {
    return this.service.list(row, args);
  }

  @ResolveField(() => Client, { nullable: true })
  client(@Parent() { row }: Deployment, @Args('clientId', { type: () => String }) clientId: string): Promise<Client | null> {
    return this.service.find(row, clientId);
  }

  @ResolveField(() => [ClientFault], {
    description: 'Newest first, also of clients that were refused; empty when the broker cannot answer. Forgotten at its restart.',
  })
  clientFaults(@Parent() { row }: Deployment, @Args('clientId', { type: () => String }) clientId: string): Promise<ClientFault[]> {
    return this.service.faults(row, clientId);
  }

  @Mutation(() => DisconnectClientPayload)
  disconnectClient(@CurrentViewer() viewer: Viewer, @Args('input') input: DisconnectClientInput): Promise<DisconnectClientPayload> {
    return asPayload(() => this.service.disconnect(viewer, input), { disconnected: false });
  }
}
