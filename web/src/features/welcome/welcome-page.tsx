import { Skeleton } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { paths } from '../../paths';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/page';
import { ConnectPanel } from '../connect/connect-panel';
import { CreateDeploymentForm } from '../deployments/create-deployment-form';
import { useDeployment } from '../deployments/use-deployment';
import { OperationProgress } from '../operations/operation-progress';
import { CreateProjectForm } from '../projects/create-project-form';
import { projectsOf, useViewer } from '../session/viewer';
import classes from './welcome.module.css';
import { WelcomeStep } from './welcome-step';

const route = getRouteApi('/app/welcome');

/** The first run: name a project, create a deployment, see a first client turn green. Each step is in the URL. */
export function WelcomePage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const viewer = useViewer();
  const [connected, setConnected] = useState(false);
  const projects = projectsOf(viewer);
  const project = projects.find(({ id }) => id === search.project) ?? projects[0];
  const change = (part: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...part }) });

  if (!viewer)
    return (
      <Page title="Welcome">
        <Skeleton height={320} />
      </Page>
    );
  const organization = viewer.organizations[0];
  const firstName = viewer.person?.name.split(' ')[0];
  return (
    <Page title={firstName ? `Welcome, ${firstName}` : 'Welcome'} lead="Three steps to a first message. It takes about a minute.">
      <ol className={classes.steps}>
        <WelcomeStep number={1} title="Name a project" done={project !== undefined} summary={project?.name} current={!project}>
          {organization && (
            <CreateProjectForm organizationId={organization.id} suggestedName="My project" onCreated={(id) => change({ project: id })} />
          )}
        </WelcomeStep>
        <WelcomeStep
          number={2}
          title="Create a deployment"
          done={search.deployment !== undefined}
          current={project !== undefined && !search.deployment}
          summary={search.deployment && <DeploymentName id={search.deployment} />}
        >
          {project && (
            <CreateDeploymentForm
              project={project}
              planId={search.plan}
              regionId={search.region}
              onChoose={change}
              onCreated={(deployment, operation) => change({ deployment, operation: operation ?? '' })}
            />
          )}
        </WelcomeStep>
        <WelcomeStep number={3} title="Connect a first client" done={connected} current={search.deployment !== undefined}>
          {search.deployment && (
            <FirstClient
              deploymentId={search.deployment}
              operationId={search.operation}
              clientKind={search.client}
              credentialId={search.credential}
              onChoose={change}
              onConnected={() => setConnected(true)}
            />
          )}
        </WelcomeStep>
      </ol>
      {search.deployment && (
        <div>
          <ButtonLink to={paths.deployment(search.deployment)} variant={connected ? 'filled' : 'default'} size="md">
            {connected ? 'Open the deployment' : 'Skip to the deployment'}
          </ButtonLink>
        </div>
      )}
    </Page>
  );
}

function DeploymentName({ id }: { id: string }) {
  return useDeployment(id).deployment?.name ?? '';
}

interface FirstClientProps {
  deploymentId: string;
  operationId: string | undefined;
  clientKind: string | undefined;
  credentialId: string | undefined;
  onChoose: (part: { client?: string; credential?: string }) => void;
  onConnected: () => void;
}

function FirstClient({ deploymentId, operationId, ...panel }: FirstClientProps) {
  const { deployment } = useDeployment(deploymentId);
  if (!deployment) return <Skeleton height={200} />;
  if (deployment.phase === 'CREATING' && operationId) return <OperationProgress id={operationId} deploymentId={deploymentId} />;
  return <ConnectPanel deployment={deployment} {...panel} />;
}
