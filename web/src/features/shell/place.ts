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
  const { projectId, deploymentId, organizationId } = useParams({ strict: false });
  const viewer = useViewer();
  const [last, setLast] = useLastProject();
  const deployment = useApi(DeploymentQuery, { id: deploymentId ?? '' }, { enabled: deploymentId !== undefined }).data?.deployment;

  const projects = projectsOf(viewer);
  const named = projectId ?? deployment?.project.id;
  const inOrganization = viewer?.organizations.find(({ id }) => id === organizationId)?.projects.nodes;
  const project =
    projects.find(({ id }) => id === (named ?? last)) ?? (named === undefined ? (inOrganization?.[0] ?? projects[0]) : undefined);
  const organization =
    viewer?.organizations.find(({ projects: own }) => own.nodes.some(({ id }) => id === project?.id)) ?? viewer?.organizations[0];

  useEffect(() => {
    if (named && named !== last) setLast(named);
  }, [named, last, setLast]);

  return { organization, project, deploymentId, deployment: deploymentId ? (deployment ?? undefined) : undefined };
}
