/** One system for all stories that do not break it; started once per run. */
import type { TestProject } from 'vitest/node';
import { startSystem } from './system.ts';

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
  const system = await startSystem();
  const { consoleUrl, graphqlUrl, caFile } = system.ready;
  const { email, password, apiKey, organizationId, projectId } = system.login;
  project.provide('system', { home: system.home, consoleUrl, graphqlUrl, caFile, email, password, apiKey, organizationId, projectId });
  return async () => {
    await system.stop();
    system.remove();
  };
}
