import { Injectable } from '@nestjs/common';
import { type Bearer, Viewers } from '../viewer/viewers.js';
import type { GraphqlContext } from './current-viewer.js';
import { LoadersFactory } from './loaders.js';

/** Makes what the resolvers of one request share. */
@Injectable()
export class RequestContext {
  constructor(
    private readonly viewers: Viewers,
    private readonly loaders: LoadersFactory,
  ) {}

  async of(bearer: Bearer): Promise<GraphqlContext> {
    const reauthorise = () => this.viewers.of(bearer);
    return { viewer: await reauthorise(), loaders: this.loaders.make(), reauthorise };
  }
}
