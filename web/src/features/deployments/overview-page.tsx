import { getRouteApi } from '@tanstack/react-router';
import { useDocumentTitle } from '@mantine/hooks';
import { IconPlugConnected } from '@tabler/icons-react';
import { paths } from '../../paths';
import { Card } from '../../ui/card';
import { ButtonLink } from '../../ui/links';
import { MetricsCards } from '../metrics/metrics-cards';
import { OperationProgress } from '../operations/operation-progress';
import { ConnectionCard } from './connection-card';
import { DriftCard } from './drift-card';
import { LimitsCard } from './limits-card';
import classes from './overview-page.module.css';
import { RecentOperations } from './recent-operations';
import { SleepCard } from './sleep-card';
import { useDeployment } from './use-deployment';

const route = getRouteApi('/app/d/$deploymentId/');

export function OverviewPage() {
  const { deploymentId } = route.useParams();
  const { deployment } = useDeployment(deploymentId);
  useDocumentTitle(`${deployment?.name ?? 'Deployment'} · Rookery`);
  if (!deployment) return null;
  const quiet = deployment.phase === 'RUNNING' && deployment.latest?.clients === 0 && deployment.latest.sessions === 0;
  return (
    <div className={classes.grid}>
      {deployment.currentOperation && (
        <div className={classes.wide}>
          <Card title="In progress">
            <OperationProgress id={deployment.currentOperation.id} deploymentId={deploymentId} />
          </Card>
        </div>
      )}
      {deployment.drift && (
        <div className={classes.wide}>
          <DriftCard drift={deployment.drift} />
        </div>
      )}
      {quiet && (
        <div className={classes.wide}>
          <Card>
            <div className={classes.hint}>
              <span>No client has connected yet. The commands are ready to paste.</span>
              <ButtonLink to={paths.connect(deploymentId)} leftSection={<IconPlugConnected size={16} />}>
                Connect a client
              </ButtonLink>
            </div>
          </Card>
        </div>
      )}
      <MetricsCards deployment={deployment} />
      <ConnectionCard deployment={deployment} />
      <LimitsCard deployment={deployment} />
      <SleepCard deployment={deployment} />
      <div className={classes.wide}>
        <RecentOperations deploymentId={deploymentId} />
      </div>
    </div>
  );
}
