import { Skeleton } from '@mantine/core';
import { useApi } from '../../api/use-api';
import { paths } from '../../paths';
import { Card } from '../../ui/card';
import { TextLink } from '../../ui/links';
import { RelativeTime } from '../../ui/relative-time';
import { StateBadge } from '../../ui/state-badge';
import { OperationsQuery } from '../operations/queries';
import { STATES, VERBS } from '../operations/words';
import classes from './recent-operations.module.css';

const SHOWN = 5;

/** What was asked of this deployment lately, and what went wrong. */
export function RecentOperations({ deploymentId }: { deploymentId: string }) {
  const { data } = useApi(OperationsQuery, { deploymentId, first: SHOWN }, { refetchInterval: 5_000 });
  return (
    <Card title="Recent operations" aside={<TextLink to={paths.operations(deploymentId)}>All operations</TextLink>} flush>
      {!data && <Skeleton height={44} m="md" />}
      <ul className={classes.list}>
        {data?.operations.nodes.map((row) => (
          <li key={row.id} className={classes.row}>
            <TextLink to={paths.operation(deploymentId, row.id)}>{VERBS[row.verb]}</TextLink>
            <StateBadge {...STATES[row.state]} />
            <span className={classes.message}>{row.errorMessage}</span>
            <span className={classes.when}>
              <RelativeTime at={row.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
