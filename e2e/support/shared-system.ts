/**
 * One system for all stories that do not break it; started once per run. With `ROOKERY_E2E_PAIRS=1` it has two apis and
 * two workers, and every request goes to the next api.
 */
import type { TestProject } from 'vitest/node';
import { roundRobin } from './round-robin.ts';
import { freePorts, startSystem } from './system.ts';

export interface SharedSystem {
  home: string;
  consoleUrl: string;
  graphqlUrl: string;
  caFile: string;
  email: string;
  password: string;
  apiKey: string;
  organizationId: string;
  projectId: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    system: SharedSystem;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const pairs = process.env.ROOKERY_E2E_PAIRS === '1';
  const door = pairs ? await freePorts(1) : 0;
  const system = await startSystem(
    pairs ? { ROOKERY_API_PROCESSES: '2', ROOKERY_WORKER_PROCESSES: '2', PUBLIC_URL: `http://localhost:${door}` } : {},
  );
  const balancer = pairs ? await roundRobin(door, [system.ready.ports.http, system.ready.ports.http + 1]) : null;
  const { consoleUrl, graphqlUrl, caFile } = system.ready;
  const { email, password, apiKey, organizationId, projectId } = system.login;
  project.provide('system', { home: system.home, consoleUrl, graphqlUrl, caFile, email, password, apiKey, organizationId, projectId });
  return async () => {
    balancer?.closeAllConnections();
    balancer?.close();
    await system.stop();
    system.remove();
  };
}
