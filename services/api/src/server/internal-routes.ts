/** What other apis and the launcher call, and what tells how this api is. */
import { Injectable } from '@nestjs/common';
import { idSchema } from '@rookery/contracts/ids';
import { ANSWER_BYTES_MAX, questionSchema } from '@rookery/contracts/questions';
import { z } from 'zod';
import { AuthService } from '../auth/auth.service.js';
import { QuestionsService } from '../clients/questions.service.js';
import { MachineStreams } from '../machines/machine-streams.js';
import { MailService } from '../mail/mail.service.js';
import { HealthService } from './health.service.js';
import { OperatorRoutes } from '../machines/operator-routes.js';
import type { PrivateRoute } from './private-routes.js';

const relayedQuestionSchema = z.object({ machineId: idSchema('machine'), question: questionSchema });

@Injectable()
export class InternalRoutes {
  readonly routes: readonly PrivateRoute[];

  constructor(
    auth: AuthService,
    questions: QuestionsService,
    streams: MachineStreams,
    health: HealthService,
    machines: OperatorRoutes,
    mail: MailService,
  ) {
    this.routes = [
      ...machines.routes,
      [
        'POST',
        '/internal/questions',
        async ({ json }) => {
          const { machineId, question } = relayedQuestionSchema.parse(await json());
          return [streams.ask(machineId, question) ? 204 : 404];
        },
      ],
      [
        'POST',
        '/internal/answers/*',
        async ({ rest, json }) => {
          await questions.answer(rest, null, null, await json(ANSWER_BYTES_MAX * 2));
          return [204];
        },
      ],
      ['POST', '/internal/bootstrap', async ({ json }) => [201, await auth.bootstrap(await json())]],
      ['POST', '/internal/setup-links', async () => [201, { token: await auth.makeSetupToken() }]],
      [
        'POST',
        '/internal/mails',
        async ({ json }) => {
          await mail.enqueue(await json());
          return [202];
        },
      ],
      ['GET', '/healthz', async () => [200, { status: 'ok' }]],
      ['GET', '/readyz', () => health.readiness()],
      ['GET', '/metrics', ({ response }) => health.metrics(response)],
    ];
  }
}
