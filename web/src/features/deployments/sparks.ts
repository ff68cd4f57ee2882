import { useQuery } from '@tanstack/react-query';
import { execute } from '../../api/execute';
import type { DeploymentSparksQuery as Sparks } from '../../gql/graphql';
import { DeploymentSparksQuery } from './queries';

/** The last 15 minutes of one row. Rows on the screen ask one by one; what is asked in the same moment goes as one request. */
export type Spark = Extract<NonNullable<Sparks['nodes'][number]>, { metrics: unknown }>;

const BATCH_MAX = 25;
/** Long enough that rows flung past ask for nothing twice, short enough not to be seen. */
const BATCH_WINDOW_MS = 80;
const REFRESH_MS = 10_000;

interface Asked {
  id: string;
  resolve: (spark: Spark | null) => void;
  reject: (error: unknown) => void;
}

let asked: Asked[] = [];

function load(id: string): Promise<Spark | null> {
  return new Promise((resolve, reject) => {
    asked.push({ id, resolve, reject });
    if (asked.length === 1) setTimeout(send, BATCH_WINDOW_MS);
  });
}

function send(): void {
  const all = asked;
  asked = [];
  for (let from = 0; from < all.length; from += BATCH_MAX) void sendBatch(all.slice(from, from + BATCH_MAX));
}

async function sendBatch(batch: Asked[]): Promise<void> {
  try {
    const { nodes } = await execute(DeploymentSparksQuery, { ids: batch.map(({ id }) => id) });
    const found = new Map<string, Spark>();
    for (const node of nodes) if (isSpark(node)) found.set(node.id, node);
    for (const { id, resolve } of batch) resolve(found.get(id) ?? null);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

function isSpark(node: Sparks['nodes'][number]): node is Spark {
  return node !== null && 'metrics' in node;
}

export function useSpark(id: string): Spark | null | undefined {
  return useQuery({ queryKey: ['DeploymentSpark', id], queryFn: () => load(id), staleTime: REFRESH_MS, refetchInterval: REFRESH_MS }).data;
}
