/**
 * `operator.js machine token|list|revoke`: asks an api by its private listener (API_PRIVATE_URL), which does what the
 * console's buttons do. The words for people are made here.
 */
import { parseArgs } from 'node:util';
import { readConfig } from '@rookery/service-kit/config';
import { z } from 'zod';
import { ApiClient, ApiRefusal } from '../agent/api-client.js';

export const MACHINE_USAGE = `npm run operator -- machine token --region R --cell C [--machine mch_…] [--seconds 3600]
       npm run operator -- machine list
       npm run operator -- machine revoke jtk_…|mch_…`;

interface Listed {
  cells: {
    name: string;
    regionId: string;
    machines: { id: string; name: string; state: string; seenAt: string; certificateExpiresAt: string | null; deployments: number }[];
  }[];
  joinTokens: {
    id: string;
    prefix: string;
    regionId: string;
    cell: string;
    machineId: string | null;
    createdBy: string;
    expiresAt: string;
  }[];
}

interface Made {
  joinToken: { id: string; expiresAt: string };
  token: string;
  command: string;
}

const configSchema = z.object({ API_PRIVATE_URL: z.string().min(1) });

/** Resolves to the exit code. */
export async function machineCommand(words: readonly string[]): Promise<number> {
  const { API_PRIVATE_URL } = readConfig(configSchema, process.env);
  try {
    const said = await run(new ApiClient([API_PRIVATE_URL]), words);
    console.log(said ?? `Usage: ${MACHINE_USAGE}`);
    return said === null ? 2 : 0;
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    console.error(error.detail);
    return 1;
  }
}

/** Resolves to what to print; null where the words are not understood. */
async function run(api: ApiClient, words: readonly string[]): Promise<string | null> {
  const [verb, ...rest] = words;
  if (verb === 'list' && rest.length === 0) return listed((await api.get('/internal/machines')) as Listed);
  if (verb === 'revoke' && rest.length === 1) {
    await api.post('/internal/revocations', { id: rest[0] });
    return `${rest[0]} is revoked.`;
  }
  if (verb !== 'token') return null;
  const given = optionsOf(rest);
  if (given === null) return null;
  const { joinToken, token, command } = (await api.post('/internal/join-tokens', given)) as Made;
  return [
    `Token ${joinToken.id}, for one machine, until ${joinToken.expiresAt}. It is shown this once:`,
    `  ${token}`,
    'On the machine:',
    `  ${command}`,
  ].join('\n');
}

function optionsOf(words: string[]): Record<string, unknown> | null {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ args: words, options: { region: text, cell: text, machine: text, seconds: text } });
    if (values.region === undefined || values.cell === undefined) return null;
    return {
      regionId: values.region,
      cell: values.cell,
      machineId: values.machine ?? null,
      expiresInSeconds: values.seconds === undefined ? null : Number(values.seconds),
    };
  } catch {
    return null;
  }
}

function listed({ cells, joinTokens }: Listed): string {
  const machines = cells.flatMap((cell) =>
    cell.machines.map((each) => {
      const certificate = each.certificateExpiresAt === null ? 'private listener' : `certificate until ${each.certificateExpiresAt}`;
      return `${each.id}  ${cell.regionId}/${cell.name}  ${each.name}  ${each.state}  ${each.deployments} deployments  ${certificate}`;
    }),
  );
  const tokens = joinTokens.map(
    (each) =>
      `${each.id}  ${each.regionId}/${each.cell}  ${each.prefix}…  ${each.machineId ?? 'a new machine'}  until ${each.expiresAt}  by ${each.createdBy}`,
  );
  return [`Machines: ${machines.length}`, ...machines, `Open join tokens: ${tokens.length}`, ...tokens].join('\n');
}
