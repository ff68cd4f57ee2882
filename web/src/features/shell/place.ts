import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useApi } from '../../api/use-api';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { useLastProject } from '../../ui/preferences';
import { DeploymentQuery } from '../deployments/queries';
import { projectsOf, useViewer, type ViewerOrganization, type ViewerProject } from '../session/viewer';

/** Where in the map a person stands: read from the URL, with the last project where the URL names none. */
export interface Place {
  organization: ViewerOrganization | undefined;
  project: ViewerProject | undefined;
  deploymentId: string | undefined;
  deployment: DeploymentDetailFragment | undefined;
}

export function usePlace(): Place {
  const named = useParams({ strict: false });
  const viewer = useViewer();
  const [last, setLast] = useLastProject();
  const answer = useApi(DeploymentQuery, { id: named.deploymentId ?? '' }, { enabled: named.deploymentId !== undefined }).data;
  const deployment = answer?.deployment;
  // A deployment that is not there is no place to be: the pages of the project are shown instead.
  const deploymentId = answer && !deployment ? undefined : named.deploymentId;

  const projects = projectsOf(viewer);
  const projectId = named.projectId ?? deployment?.project.id;
  const inOrganization = viewer?.organizations.find(({ id }) => id === named.organizationId)?.projects.nodes;
  const project =
    projects.find(({ id }) => id === (projectId ?? last)) ?? (projectId === undefined ? (inOrganization?.[0] ?? projects[0]) : undefined);
  const organization =
    viewer?.organizations.find(({ projects: own }) => own.nodes.some(({ id }) => id === project?.id)) ?? viewer?.organizations[0];

  useEffect(() => {
    if (projectId && projectId !== last) setLast(projectId);
  }, [projectId, last, setLast]);

  return { organization, project, deploymentId, deployment: deploymentId ? (deployment ?? undefined) : undefined };
}
