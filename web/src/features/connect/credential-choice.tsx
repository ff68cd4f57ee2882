import { Group, PasswordInput, Select, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import type { DeploymentDetailFragment } from '../../gql/graphql';
import { AllowedButton } from '../../ui/allowed-button';
import { Fault } from '../../ui/fault';
import { SecretOnce } from '../../ui/secret-once';
import { rememberSecret, useSecret } from '../credentials/secrets';
import { useCreateCredential } from '../credentials/use-create-credential';
import classes from './connect.module.css';

interface Named {
  id: string;
  username: string;
}

interface Props {
  deployment: DeploymentDetailFragment;
  credentials: readonly Named[];
  chosen: Named | undefined;
  onChoose: (id: string) => void;
}

/** A credential to connect with: one that is there, or a new one made in place. */
export function CredentialChoice({ deployment, credentials, chosen, onChoose }: Props) {
  const secret = useSecret(chosen?.id);
  const create = useCreateCredential(deployment.id);

  async function make(): Promise<void> {
    const { credential } = await create.mutateAsync({ description: 'Made on the connect page' });
    if (credential) onChoose(credential.id);
  }

  const button = (
    <AllowedButton
      variant={chosen ? 'default' : 'filled'}
      permission={deployment.viewerCan.createCredential}
      leftSection={<IconPlus size={16} />}
      loading={create.isPending}
      onClick={() => void make().catch(() => undefined)}
    >
      Create credential
    </AllowedButton>
  );
  const justMade = create.data?.credential?.id === chosen?.id ? create.data?.secret : undefined;

  return (
    <Stack gap="sm">
      {!chosen && (
        <div className={classes.first}>
          <Text>A client needs a credential to log in with. Make one; its password goes straight into the commands below.</Text>
          {button}
        </div>
      )}
      {chosen && (
        <Group align="flex-end" gap="xs">
          <Select
            className={classes.select}
            label="Credential"
            searchable
            data={credentials.map(({ id, username }) => ({ value: id, label: username }))}
            value={chosen.id}
            onChange={(id) => id && onChoose(id)}
          />
          {button}
        </Group>
      )}
      {create.isError && <Fault title="The credential was not created" error={create.error} />}
      {chosen && justMade && (
        <SecretOnce
          items={[
            ['Username', chosen.username],
            ['Password', justMade],
          ]}
          fileName={`${chosen.username}.txt`}
          compact
        />
      )}
      {chosen && !secret && <AskPassword key={chosen.id} credential={chosen} />}
    </Stack>
  );
}

function AskPassword({ credential }: { credential: Named }) {
  return (
    <PasswordInput
      className={classes.password}
      label={`Password of ${credential.username}`}
      description="It was shown once and is not stored. Paste it to complete the commands (it stays in this tab), or create another credential."
      autoComplete="off"
      onBlur={(event) => event.currentTarget.value && rememberSecret(credential.id, event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.currentTarget.value) rememberSecret(credential.id, event.currentTarget.value);
      }}
    />
  );
}
