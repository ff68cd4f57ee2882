import { Title } from '@mantine/core';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { Copyable } from '../../ui/copyable';
import { Fault } from '../../ui/fault';
import classes from './deployment-header.module.css';
import { DeploymentMenu } from './deployment-menu';
import { DeploymentTabs } from './deployment-tabs';
import { LiveTiles } from './live-tiles';
import { PhaseBadge } from './phase-badge';
import { StartButton, StopButton } from './start-stop';

export function DeploymentHeader({ deployment }: { deployment: DeploymentDetailFragment }) {
  const { name, phase, phaseReason, plan, region, connection } = deployment;
  const port = connection.mqttsPort ?? connection.mqttPort;
  const down = phase === 'STOPPED' || phase === 'FAILED' || (phase === 'STOPPING' && !deployment.viewerCan.stop.allowed);
  return (
    <header className={classes.header}>
      <div className={classes.top}>
        <div className={classes.name}>
          <Title order={1} className={classes.title}>
            {name}
          </Title>
          <PhaseBadge phase={phase} />
        </div>
        <div className={classes.actions}>
          {down ? <StartButton deployment={deployment} /> : <StopButton deployment={deployment} />}
          <DeploymentMenu deployment={deployment} />
        </div>
      </div>
      <div className={classes.facts}>
        <span>{plan.name}</span>
        <span>{region.name}</span>
        <Copyable value={port ? `${connection.host}:${port}` : connection.host} label="host and port" />
      </div>
      {phaseReason && phase !== 'FAILED' && phase !== 'DEGRADED' && <p className={classes.reason}>{phaseReason}</p>}
      {(phase === 'FAILED' || phase === 'DEGRADED') && (
        <Fault
          title={phase === 'FAILED' ? 'This deployment has failed' : 'This deployment is degraded'}
          tone={phase === 'FAILED' ? 'bad' : 'warn'}
        >
          {phaseReason ?? 'The operations below say what was tried.'}
        </Fault>
      )}
      <LiveTiles deployment={deployment} />
      <DeploymentTabs id={deployment.id} />
    </header>
  );
}
