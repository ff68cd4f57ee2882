/** What `npm run operator -- machine …` calls, on the private listener. */
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { CellsService } from '../cells/cells.service.js';
import type { PrivateRoute } from '../server/private-routes.js';
import { JoinTokensService } from './join-tokens.service.js';
import { MachinesService } from './machines.service.js';

const revocationSchema = z.object({ id: z.string() });

@Injectable()
export class OperatorRoutes {
  readonly routes: readonly PrivateRoute[];

  constructor(tokens: JoinTokensService, machines: MachinesService, cells: CellsService) {
    this.routes = [
      ['POST', '/internal/join-tokens', async ({ json }) => [201, await tokens.createForCommand(await json())]],
      ['GET', '/internal/machines', async () => [200, { cells: await cells.listForCommand(), joinTokens: await tokens.listForCommand() }]],
      [
        'POST',
        '/internal/revocations',
        async ({ json }) => {
          const { id } = revocationSchema.parse(await json());
          await (id.startsWith('jtk_') ? tokens.revokeForCommand(id) : machines.revokeForCommand(id));
          return [204];
        },
      ],
    ];
  }
}
