import { useNavigate, getRouteApi } from '@tanstack/react-router';
import { Skeleton } from '@mantine/core';
import { paths } from '../../paths';
import { NotFoundPage } from '../../ui/not-found-page';
import { Page } from '../../ui/page';
import { projectsOf, useViewer } from '../session/viewer';
import { CreateDeploymentForm } from './create-deployment-form';

const route = getRouteApi('/app/p/$projectId/deployments/new');

export function CreateDeploymentPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const change = route.useNavigate();
  const navigate = useNavigate();
  const viewer = useViewer();
  const project = projectsOf(viewer).find(({ id }) => id === projectId);
  if (viewer && !project) return <NotFoundPage />;

  return (
    <Page title="Create deployment" lead="One isolated MQTT broker with its own address, credentials and limits. It takes about a second.">
      {project ? (
        <CreateDeploymentForm
          project={project}
          planId={search.plan}
          regionId={search.region}
          onChoose={(part) => void change({ search: (old) => ({ ...old, ...part }), replace: true })}
          onCreated={(id, operation) => void navigate({ href: paths.connect(id, operation ? { operation } : {}) })}
        />
      ) : (
        <Skeleton height={420} />
      )}
    </Page>
  );
}
