/** The one thing that is too large for GraphQL: a file, with the session or the API key that GraphQL takes too. */
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { LOGGER, type Logger } from '../tokens.js';
import { requireViewer } from '../viewer/viewer.js';
import { Viewers } from '../viewer/viewers.js';
import { DownloadsService } from './downloads.service.js';

@Controller('exports')
export class DownloadsController {
  constructor(
    private readonly viewers: Viewers,
    private readonly service: DownloadsService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get(':id/download')
  async download(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const { authorization } = request.headers;
    const viewer = requireViewer(await this.viewers.of({ authorization, personId: request.session?.personId }));
    const { name, bytes, content, close } = await this.service.open(viewer, id);
    response.setHeader('content-type', 'application/gzip');
    response.setHeader('content-length', bytes);
    response.setHeader('content-disposition', `attachment; filename="${name}"`);
    response.setHeader('cache-control', 'private, no-store');
    if (request.method === 'HEAD') {
      response.end();
      return close();
    }
    // Who went away, and what broke on the way: the answer is cut off, and its length tells that.
    await pipeline(content, response)
      .catch((error: unknown) => this.log.warn({ err: error, exportId: id }, 'a download was cut off'))
      .finally(close);
  }
}
