import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { CurrentViewer } from '../graphql/current-viewer.js';
import { asPayload } from '../graphql/payload.js';
import type { Viewer } from '../viewer/viewer.js';
import { RemoveMachineInput, RemoveMachinePayload, RevokeMachineInput, RevokeMachinePayload } from './machines.model.js';
import { MachinesService } from './machines.service.js';

@Resolver()
export class MachinesResolver {
  constructor(private readonly service: MachinesService) {}

  @Mutation(() => RevokeMachinePayload, {
    description: 'For operators. Its certificate is refused at once and its stream is cut; a join token made for it lets it in again.',
  })
  revokeMachine(@CurrentViewer() viewer: Viewer, @Args('input') input: RevokeMachineInput): Promise<RevokeMachinePayload> {
    return asPayload(() => this.service.revoke(viewer, input.id));
  }

  @Mutation(() => RemoveMachinePayload, { description: 'For operators. Forgets a machine on which no deployment is placed.' })
  removeMachine(@CurrentViewer() viewer: Viewer, @Args('input') input: RemoveMachineInput): Promise<RemoveMachinePayload> {
    return asPayload(() => this.service.remove(viewer, input.id));
  }
}
