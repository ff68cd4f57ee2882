import type { DeploymentDetailFragment } from '../../gql/graphql';
import { formatCompact, formatCount, formatDateTime, formatSecondsBetween, UNKNOWN } from '../../ui/format';
import { useNow } from '../../ui/now';
import { ThinBar } from '../../ui/thin-bar';
import { useLatest } from '../metrics/use-metrics';
import classes from './deployment-header.module.css';

/** Is it up, who is connected, how much goes through: answered on every page of a deployment. */
export function LiveTiles({ deployment }: { deployment: DeploymentDetailFragment }) {
  const latest = useLatest(deployment);
  const now = useNow(1_000);
  const { clientsMax } = deployment.quotas;
  return (
    <dl className={classes.tiles}>
      <div className={classes.tile}>
        <dt>Clients</dt>
        <dd>
          {formatCount(latest?.clients)} <span className={classes.small}>/ {formatCompact(clientsMax)}</span>
        </dd>
        <ThinBar value={latest?.clients ?? 0} max={clientsMax} />
      </div>
      <div className={classes.tile}>
        <dt>Messages/s</dt>
        <dd>
          {formatCompact(latest?.messagesIn)} <span className={classes.small}>in</span> {formatCompact(latest?.messagesOut)}{' '}
          <span className={classes.small}>out</span>
        </dd>
      </div>
      <div className={classes.tile}>
        <dt>Up for</dt>
        <dd title={deployment.startedAt ? `Since ${formatDateTime(deployment.startedAt)}` : undefined}>
          {deployment.startedAt ? formatSecondsBetween(deployment.startedAt, now) : UNKNOWN}
        </dd>
      </div>
    </dl>
  );
}
