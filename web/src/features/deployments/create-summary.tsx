import { Button, Stack, Text } from '@mantine/core';
import type { CatalogQuery as Catalog, Durability } from '../../gql/graphql';
import { AllowedButton } from '../../ui/allowed-button';
import { Card } from '../../ui/card';
import { DetailList } from '../../ui/detail-list';
import { formatBytes, formatCount, formatDuration } from '../../ui/format';
import type { ViewerProject } from '../session/viewer';
import { DURABILITY } from './advanced';
import classes from './create-deployment-form.module.css';
import type { CatalogPlan } from './plan-card';
import { toSlug } from './suggest-name';

interface Props {
  name: string;
  project: ViewerProject;
  plan: CatalogPlan | undefined;
  region: Catalog['regions'][number] | undefined;
  domain: string | null;
  durability: Durability;
  /** What the form still needs; the button says it. */
  missing: string | undefined;
  busy: boolean;
}

/** What will be made, as it is being chosen. */
export function CreateSummary({ name, project, plan, region, domain, durability, missing, busy }: Props) {
  const ports = ['MQTT over TLS', 'WebSocket over TLS', ...(plan?.plainPort ? ['plain MQTT'] : [])].join(', ');
  return (
    <div className={classes.summary}>
      <Card title="What will be made">
        <Stack gap="md">
          <DetailList
            items={[
              ['Name', name.trim() || '–'],
              ['Project', project.name],
              ['Plan', plan?.name ?? '–'],
              ['Region', region?.name ?? '–'],
              [
                'Host',
                <span key="host" className={`${classes.host} mono`}>
                  {domain ? `${toSlug(name) || '…'}.${domain}` : 'localhost'}
                </span>,
              ],
              ['Ports', domain ? ports : `${ports}, on a port of its own`],
              ['Durability', DURABILITY[durability].label],
              plan ? ['Sessions', formatCount(plan.quotas.sessionsMax)] : null,
              plan ? ['Largest packet', formatBytes(plan.quotas.packetBytesMax)] : null,
              plan ? ['Session expiry', `up to ${formatDuration(plan.quotas.sessionExpirySecondsMax)}`] : null,
            ]}
          />
          {missing ? (
            <Button size="md" fullWidth disabled>
              {missing}
            </Button>
          ) : (
            <AllowedButton type="submit" size="md" fullWidth loading={busy} permission={project.viewerCan.createDeployment}>
              Create deployment
            </AllowedButton>
          )}
          <Text size="sm" c="dimmed">
            You can stop or delete it at any time.
          </Text>
        </Stack>
      </Card>
    </div>
  );
}
