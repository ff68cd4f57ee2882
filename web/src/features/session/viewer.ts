import { redirect } from '@tanstack/react-router';
import { asApiError } from '../../api/api-error';
import { execute } from '../../api/execute';
import { queryClient } from '../../api/query-client';
import { apiKey, useApi } from '../../api/use-api';
import type { ViewerQuery as Viewer } from '../../gql/graphql';
import { paths } from '../../paths';
import { InstallationQuery, ViewerQuery } from './queries';

export type { Viewer };
export type ViewerOrganization = Viewer['viewer']['organizations'][number];
export type ViewerProject = ViewerOrganization['projects']['nodes'][number];

/** Lets a page load only for somebody who is logged in; sends others to the log-in and back. */
export async function ensureViewer(href: string): Promise<Viewer> {
  try {
    return await queryClient.ensureQueryData({
      queryKey: apiKey(ViewerQuery, {}),
      queryFn: ({ signal }) => execute(ViewerQuery, {}, { signal, waitForLogIn: false }),
      staleTime: 60_000,
    });
  } catch (error) {
    if (asApiError(error).code !== 'UNAUTHENTICATED') throw error;
    throw redirect({ href: paths.logIn(href === paths.home() ? {} : { next: href }) });
  }
}

export function useViewer(): Viewer['viewer'] | undefined {
  return useApi(ViewerQuery, {}, { staleTime: 60_000 }).data?.viewer;
}

export function useInstallation() {
  return useApi(InstallationQuery, {}, { staleTime: 5 * 60_000 }).data?.installation;
}

export function projectsOf(viewer: Viewer['viewer'] | undefined): ViewerProject[] {
  return viewer?.organizations.flatMap((organization) => organization.projects.nodes) ?? [];
}

/** The page after log-in: the deployments of the project looked at last, or the first run. */
export function homePath({ viewer }: Viewer): string {
  const projects = projectsOf(viewer);
  const last = readLastProject();
  const project = projects.find(({ id }) => id === last) ?? projects[0];
  return project ? paths.deployments(project.id) : paths.welcome();
}

function readLastProject(): unknown {
  try {
    return JSON.parse(localStorage.getItem('rookery.last-project') ?? 'null');
  } catch {
    return null;
  }
}
