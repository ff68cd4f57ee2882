import { Anchor } from '@mantine/core';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { paths } from '../../paths';
import { Card } from '../../ui/card';
import { Copyable } from '../../ui/copyable';
import { DetailList } from '../../ui/detail-list';
import { TextLink } from '../../ui/links';
import { QrButton } from '../connect/qr-button';
import { useInstallation } from '../session/viewer';

/** Where a client connects to, each part with its copy button. */
export function ConnectionCard({ deployment, withLink = true }: { deployment: DeploymentDetailFragment; withLink?: boolean }) {
  const { host, mqttsPort, mqttPort, wssUrl, wsUrl } = deployment.connection;
  const caUrl = useInstallation()?.caUrl;
  return (
    <Card title="Connection" aside={withLink && <TextLink to={paths.connect(deployment.id)}>Commands for your client</TextLink>}>
      <DetailList
        items={[
          ['Host', <Copyable key="host" value={host} label="host" />],
          mqttsPort
            ? [
                'MQTT over TLS',
                <span key="mqtts">
                  <Copyable value={`mqtts://${host}:${mqttsPort}`} label="address for MQTT over TLS" />{' '}
                  <QrButton text={`mqtts://${host}:${mqttsPort}`} />
                </span>,
              ]
            : null,
          wssUrl ? ['WebSocket, TLS', <Copyable key="wss" value={wssUrl} label="address for WebSocket over TLS" />] : null,
          mqttPort ? ['MQTT, plain', <Copyable key="mqtt" value={`mqtt://${host}:${mqttPort}`} label="address for plain MQTT" />] : null,
          wsUrl ? ['WebSocket, plain', <Copyable key="ws" value={wsUrl} label="address for plain WebSocket" />] : null,
          caUrl
            ? [
                'CA certificate',
                <Anchor key="ca" href="/ca.pem" download="rookery-ca.pem">
                  Download ca.pem
                </Anchor>,
              ]
            : null,
        ]}
      />
    </Card>
  );
}
