import type { DeploymentRowFragment } from '../../gql/graphql';
import { formatCompact, formatCount, UNKNOWN } from '../../ui/format';
import { Sparkline } from '../../ui/sparkline';
import { ThinBar } from '../../ui/thin-bar';
import { sparkPath, toColumns } from '../metrics/series';
import classes from './row-parts.module.css';
import { useSpark } from './sparks';

const WIDTH = 96;
const HEIGHT = 24;

/** Connected clients against their limit. */
export function ClientsCell({ row }: { row: DeploymentRowFragment }) {
  const latest = useSpark(row.id)?.latest ?? row.latest;
  const clients = latest?.clients;
  return (
    <div className={classes.clients}>
      <span>
        {formatCount(clients)} <span className={classes.dim}>/ {formatCompact(row.quotas.clientsMax)}</span>
      </span>
      <ThinBar value={clients ?? 0} max={row.quotas.clientsMax} />
    </div>
  );
}

/** Messages per second, in and out, with their last 15 minutes. */
export function RateCell({ row }: { row: DeploymentRowFragment }) {
  const spark = useSpark(row.id);
  const latest = spark?.latest ?? row.latest;
  const [times, inward = [], outward = []] = spark ? toColumns(spark.metrics, [(p) => p.messagesIn, (p) => p.messagesOut]) : [[]];
  const top = [...inward, ...outward];
  const scale = Math.max(1, ...top.filter((value) => value !== null));
  const words = latest ? `${formatCompact(latest.messagesIn)} in, ${formatCompact(latest.messagesOut)} out per second` : 'no data';
  return (
    <div className={classes.rate}>
      <span className={classes.numbers}>
        {latest ? (
          <>
            {formatCompact(latest.messagesIn)} <span className={classes.dim}>in</span> {formatCompact(latest.messagesOut)}{' '}
            <span className={classes.dim}>out</span>
          </>
        ) : (
          UNKNOWN
        )}
      </span>
      <Sparkline
        width={WIDTH}
        height={HEIGHT}
        label={`Messages in the last 15 minutes, now ${words}`}
        lines={[inward, outward].map((values) => sparkPath(times, values, WIDTH, HEIGHT, scale))}
      />
    </div>
  );
}
