/** What machines' agents call (contracts/machine-protocol). */
import { Injectable } from '@nestjs/common';
import { ANSWER_BYTES_MAX } from '@rookery/contracts/questions';
import { QuestionsService } from '../clients/questions.service.js';
import type { PrivateRoute } from '../server/private-routes.js';
import { JoinService } from './join.service.js';
import { ReportsService } from './reports.service.js';
import { StreamsService } from './streams.service.js';

const REPORT_BYTES_MAX = 32 * 1024 * 1024;

@Injectable()
export class AgentRoutes {
  readonly routes: readonly PrivateRoute[];

  constructor(machines: JoinService, reports: ReportsService, streams: StreamsService, questions: QuestionsService) {
    this.routes = [
      ['POST', '/agent/join', async ({ json }) => [200, await machines.join(await json())]],
      ['POST', '/agent/reports', async ({ json }) => [200, await reports.take(await json(REPORT_BYTES_MAX))]],
      ['GET', '/agent/stream', ({ url, request, response }) => streams.serve(url.searchParams.get('machineId') ?? '', request, response)],
      [
        'POST',
        '/agent/answers/*',
        async ({ rest, url, json }) => {
          // The envelope around an answer takes room too.
          await questions.answer(rest, url.searchParams.get('askedBy'), await json(ANSWER_BYTES_MAX * 2));
          return [204];
        },
      ],
    ];
  }
}
