/** The machine's identity: given by the api at the first join, kept on disk, joined again at every start. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JoinRequest, joinResponseSchema } from '@rookery/contracts/machine-protocol';
import type { Logger } from '@rookery/service-kit/log';
import type { ApiClient } from './api-client.js';
import { writeDurably } from '@rookery/service-kit/files';

const RETRY_MS_MAX = 2_000;

export function knownMachineId(home: string): string | null {
  const file = join(home, 'machine.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { machineId: string }).machineId : null;
}

/** Joins, however long the api is away; resolves to the machine's id. */
export async function joinInstallation(api: ApiClient, home: string, request: JoinRequest, log: Logger): Promise<string> {
  let wait = 25;
  for (;;) {
    try {
      const { machineId } = joinResponseSchema.parse(await api.post('/agent/join', request));
      writeDurably(join(home, 'machine.json'), JSON.stringify({ machineId }));
      return machineId;
    } catch (error) {
      log.warn({ err: error }, 'joining failed; trying again');
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 2, RETRY_MS_MAX);
    }
  }
}
