import { getRouteApi } from '@tanstack/react-router';
import { Card } from '../../ui/card';
import { Section } from '../../ui/page';
import { ConnectionCard } from '../deployments/connection-card';
import { useDeployment } from '../deployments/use-deployment';
import { OperationProgress } from '../operations/operation-progress';
import { useOperation } from '../operations/use-operation';
import classes from './connect.module.css';
import { ConnectPanel } from './connect-panel';

const route = getRouteApi('/app/d/$deploymentId/connect');

export function ConnectPage() {
  const { deploymentId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { deployment } = useDeployment(deploymentId);
  const { operation } = useOperation(search.operation);
  if (!deployment) return null;

  // Straight from "Create deployment": the steps first, the commands as soon as there is something to connect to.
  const making = search.operation !== undefined && operation?.state !== 'SUCCEEDED';
  if (making)
    return (
      <>
        <Section title={`Creating ${deployment.name}`} lead="The commands for your first client follow by themselves." />
        <Card title="Steps">
          <OperationProgress id={search.operation ?? ''} deploymentId={deploymentId} />
        </Card>
      </>
    );
  return (
    <>
      <Section title="Connect a client" lead="Pick a client and a credential; the commands are complete and ready to paste." />
      <div className={classes.columns}>
        <ConnectPanel
          deployment={deployment}
          clientKind={search.client}
          credentialId={search.credential}
          onChoose={(part) => void navigate({ search: (old) => ({ ...old, ...part }), replace: true })}
        />
        <ConnectionCard deployment={deployment} withLink={false} />
      </div>
    </>
  );
}
