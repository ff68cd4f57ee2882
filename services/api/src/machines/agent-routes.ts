/** What machines' agents call (contracts/machine-protocol), on the private listener and at the door for machines. */
import { Injectable } from '@nestjs/common';
import { ANSWER_BYTES_MAX } from '@rookery/contracts/questions';
import { machineReportSchema } from '@rookery/contracts/reports';
import { joinRequestSchema } from '@rookery/contracts/machine-protocol';
import { AppError } from '@rookery/service-kit/errors';
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
      [
        'POST',
        '/agent/join',
        async ({ json, certified }) => {
          const body = joinRequestSchema.parse(await json());
          requireSelf(certified, body.machineId);
          return [200, await machines.join(body, certified)];
        },
      ],
      [
        'POST',
        '/agent/reports',
        async ({ json, certified }) => {
          const body = machineReportSchema.parse(await json(REPORT_BYTES_MAX));
          requireSelf(certified, body.machineId);
          return [200, await reports.take(body)];
        },
      ],
      [
        'GET',
        '/agent/stream',
        ({ url, request, response, certified }) => {
          const named = url.searchParams.get('machineId');
          requireSelf(certified, named);
          return streams.serve(certified ?? named ?? '', { certified: certified !== null }, request, response);
        },
      ],
      [
        'POST',
        '/agent/answers/*',
        async ({ rest, url, json, certified }) => {
          // The envelope around an answer takes room too.
          await questions.answer(rest, url.searchParams.get('askedBy'), certified, await json(ANSWER_BYTES_MAX * 2));
          return [204];
        },
      ],
    ];
  }
}

/** The certificate says who speaks. A body that names another machine is a fault or an attack: it is refused, and logged. */
function requireSelf(certified: string | null, named: string | null): void {
  if (certified === null || named === null || named === certified) return;
  throw new AppError('FORBIDDEN', { message: `The certificate is of the machine ${certified}; the request speaks for ${named}.` });
}
