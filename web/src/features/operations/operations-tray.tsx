import { ActionIcon, Indicator, Popover, Progress, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconListCheck } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useApi } from '../../api/use-api';
import type { OperationsQuery as Operations } from '../../gql/graphql';
import { paths } from '../../paths';
import { TextLink } from '../../ui/links';
import { RelativeTime } from '../../ui/relative-time';
import { StateBadge } from '../../ui/state-badge';
import classes from './operations-tray.module.css';
import { OperationsQuery } from './queries';
import { DONE, isOpen, STATES, VERBS } from './words';

type Row = Operations['operations']['nodes'][number];

const SHOWN = 8;
const IDLE_POLL_MS = 20_000;
const BUSY_POLL_MS = 1_500;

/** Follows a person through the console: what is running now, what ended a moment ago, whoever started it. */
export function OperationsTray() {
  const query = useApi(
    OperationsQuery,
    { first: SHOWN },
    {
      staleTime: 0,
      refetchInterval: ({ state }) => (state.data?.operations.nodes.some((row) => isOpen(row.state)) ? BUSY_POLL_MS : IDLE_POLL_MS),
    },
  );
  const rows = query.data?.operations.nodes ?? [];
  const running = rows.filter((row) => isOpen(row.state)).length;
  useEndings(rows);

  const label = running > 0 ? `${running} ${running === 1 ? 'operation' : 'operations'} running` : 'Operations';
  return (
    <Popover position="bottom-end" width={360} shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Tooltip label={label}>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={label}>
            <Indicator disabled={running === 0} label={running} size={16} processing>
              <IconListCheck size={18} />
            </Indicator>
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label="Operations">
        <div className={classes.head}>Operations</div>
        {rows.length === 0 && (
          <p className={classes.none}>Nothing has run yet. Creating, starting and stopping deployments shows up here.</p>
        )}
        <ul className={classes.list}>
          {rows.map((row) => (
            <li key={row.id} className={classes.row}>
              <div className={classes.what}>
                <Title row={row} />
                <StateBadge {...STATES[row.state]} />
              </div>
              {isOpen(row.state) ? (
                <Progress value={row.percent} size={4} aria-label={`${row.percent} percent`} />
              ) : (
                <span className={classes.when}>
                  <RelativeTime at={row.finishedAt ?? row.createdAt} /> · {row.requestedBy}
                </span>
              )}
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function Title({ row }: { row: Row }) {
  const text = `${VERBS[row.verb]} ${row.deploymentName}`;
  return row.deployment ? <TextLink to={paths.operation(row.deployment.id, row.id)}>{text}</TextLink> : <span>{text}</span>;
}

/** Says so when an operation that was seen running has ended. */
function useEndings(rows: readonly Row[]): void {
  const open = useRef(new Set<string>());
  useEffect(() => {
    for (const row of rows) {
      if (isOpen(row.state)) open.current.add(row.id);
      else if (open.current.delete(row.id)) announce(row);
    }
  }, [rows]);
}

function announce(row: Row): void {
  if (row.state === 'SUCCEEDED') notifications.show({ color: 'teal', message: `${row.deploymentName} ${DONE[row.verb]}.` });
  else if (row.state === 'FAILED')
    notifications.show({
      color: 'red',
      title: `${VERBS[row.verb]} ${row.deploymentName} failed`,
      message: `${row.errorMessage ?? 'No reason was given.'} ${row.errorCode ?? ''}`,
      autoClose: false,
    });
}
