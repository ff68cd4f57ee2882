import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Deployment } from '../deployments/deployments.model.js';
import { SearchPageArgs } from '../graphql/connection.js';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import type { Viewer } from '../viewer/viewer.js';
import { Client, ClientConnection, DisconnectClientInput, DisconnectClientPayload } from './clients.model.js';
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

  @Mutation(() => DisconnectClientPayload)
  disconnectClient(@CurrentViewer() viewer: Viewer, @Args('input') input: DisconnectClientInput): Promise<DisconnectClientPayload> {
    return asPayload(() => this.service.disconnect(viewer, input), { disconnected: false });
  }
}
