import { IconAlertTriangleFilled, IconCircleCheckFilled } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { paths } from '../../paths';
import { formatAgo } from '../../ui/format';
import { TextLink } from '../../ui/links';
import { useNow } from '../../ui/now';
import { protocolName, transportName } from '../clients/words';
import classes from './connect.module.css';
import { useArrival } from './use-arrival';

interface Props {
  deployment: DeploymentDetailFragment;
  username: string;
  onConnected?: () => void;
}

/** Waits for a client with this credential, and says so when it is there, or that something was refused meanwhile. */
export function Listening({ deployment, username, onConnected }: Props) {
  const { client, refused, unavailable } = useArrival(deployment.id, username);
  const now = useNow(500);
  const told = useRef(false);
  useEffect(() => {
    if (!client || told.current) return;
    told.current = true;
    onConnected?.();
  }, [client, onConnected]);

  if (client) {
    const from = client.remoteAddress ? ` from ${client.remoteAddress}` : '';
    const left = client.connected ? '' : ', has left again';
    return (
      <div className={classes.listening} data-state="connected" role="status">
        <IconCircleCheckFilled size={20} aria-hidden />
        <span className={classes.words}>
          <b>Connected</b> {client.connectedAt && formatAgo(client.connectedAt, now)}
          {from}, {protocolName(client.protocolVersion)}, {transportName(client.transport, client.tlsVersion)}
          {left}
        </span>
        <TextLink to={paths.clients(deployment.id)}>All clients</TextLink>
      </div>
    );
  }
  if (refused > 0)
    return (
      <div className={classes.listening} data-state="refused" role="status">
        <IconAlertTriangleFilled size={20} aria-hidden />
        <span className={classes.words}>
          <b>A connection was refused</b> a moment ago. Is the password complete, and was it made for this deployment? Still listening for{' '}
          {username}.
        </span>
      </div>
    );
  return (
    <div className={classes.listening} role="status">
      <span className={classes.pulse} aria-hidden />
      <span className={classes.words}>
        {unavailable ? `${unavailable.message} ` : ''}Listening for {username} …
      </span>
    </div>
  );
}
