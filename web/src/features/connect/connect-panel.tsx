import { SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { useApi } from '../../api/use-api';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { Card } from '../../ui/card';
import { CodeBlock } from '../../ui/code-block';
import { Fault } from '../../ui/fault';
import { CredentialsQuery } from '../credentials/queries';
import { useSecret } from '../credentials/secrets';
import { isUp } from '../deployments/phases';
import { useInstallation } from '../session/viewer';
import { CredentialChoice } from './credential-choice';
import { Listening } from './listening';
import { CLIENTS, type ClientKind, RECIPES } from './snippets';

interface Props {
  deployment: DeploymentDetailFragment;
  clientKind: string | undefined;
  credentialId: string | undefined;
  /** Both choices are kept in the URL by the page. */
  onChoose: (part: { client?: string; credential?: string }) => void;
  onConnected?: () => void;
}

const TOPIC = 'hello/rookery';
const UNKNOWN_PASSWORD = 'PASSWORD';

/** Client, credential, commands, and the line that turns green. Used by the connect page and by the first run. */
export function ConnectPanel({ deployment, clientKind, credentialId, onChoose, onConnected }: Props) {
  const kind = CLIENTS.find((one) => one === clientKind) ?? 'mosquitto';
  const { data } = useApi(CredentialsQuery, { deploymentId: deployment.id, first: 100 });
  const credentials = data?.credentials.nodes ?? [];
  const credential = credentials.find(({ id }) => id === credentialId) ?? credentials[0];
  const secret = useSecret(credential?.id);
  const installation = useInstallation();
  const recipe = RECIPES[kind];
  const { host, mqttsPort, wssUrl } = deployment.connection;

  if (!data || !installation)
    return (
      <Card title="Commands">
        <Skeleton height={480} />
      </Card>
    );
  return (
    <Card title="Commands">
      <Stack gap="lg">
        {!isUp(deployment.phase) && (
          <Fault
            title={deployment.phase === 'FAILED' ? 'The deployment has failed' : 'The deployment is not running'}
            tone={deployment.phase === 'FAILED' ? 'bad' : 'warn'}
          >
            {deployment.phaseReason ?? 'Start it first: until then nothing answers at its address.'}
          </Fault>
        )}
        <CredentialChoice
          deployment={deployment}
          credentials={credentials}
          chosen={credential}
          onChoose={(id) => onChoose({ credential: id })}
        />
        {credential && mqttsPort && (
          <>
            <div>
              <SegmentedControl
                aria-label="Client"
                value={kind}
                onChange={(value) => onChoose({ client: value })}
                data={CLIENTS.map((value: ClientKind) => ({ value, label: RECIPES[value].label }))}
              />
              <Text size="sm" c="dimmed" mt="xs">
                {recipe.needs}
              </Text>
            </div>
            <CodeBlock
              title={recipe.title}
              code={recipe.snippet({
                host,
                mqttsPort,
                wssUrl,
                caUrl: installation.caUrl && new URL('/ca.pem', window.location.origin).href,
                username: credential.username,
                password: secret ?? UNKNOWN_PASSWORD,
                topic: TOPIC,
              })}
            />
            <Listening deployment={deployment} username={credential.username} {...(onConnected ? { onConnected } : {})} />
          </>
        )}
      </Stack>
    </Card>
  );
}
