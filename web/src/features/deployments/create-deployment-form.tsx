import { ActionIcon, Radio, Select, Skeleton, Stack, Switch, TextInput, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { asApiError } from '../../api/api-error';
import { newIdempotencyKey } from '../../api/idempotency-key';
import { apiKey, mutate, useApi, useChange } from '../../api/use-api';
import type { Durability } from '../../gql/graphql';
import { Card } from '../../ui/card';
import { Fault } from '../../ui/fault';
import { OperationsQuery } from '../operations/queries';
import type { ViewerProject } from '../session/viewer';
import { Advanced } from './advanced';
import classes from './create-deployment-form.module.css';
import { CreateSummary } from './create-summary';
import { PlanCard } from './plan-card';
import { CatalogQuery, CreateDeployment, DeploymentQuery, DeploymentsQuery } from './queries';
import { suggestName } from './suggest-name';

interface Props {
  project: ViewerProject;
  planId: string | undefined;
  regionId: string | undefined;
  /** Plan and region are kept in the URL by the page. */
  onChoose: (part: { plan?: string; region?: string }) => void;
  onCreated: (deploymentId: string, operationId: string | undefined) => void;
}

export function CreateDeploymentForm({ project, planId, regionId, onChoose, onCreated }: Props) {
  const queries = useQueryClient();
  const catalog = useApi(CatalogQuery, {}, { staleTime: 60_000 });
  const [name, setName] = useState(() => suggestName(Math.random));
  const [durability, setDurability] = useState<Durability>('DURABLE');
  const [deletionProtection, setDeletionProtection] = useState(false);
  // One key for one wish: pressing twice, or again after a lost answer, makes one deployment.
  const idempotencyKey = useRef(newIdempotencyKey());
  const create = useChange(
    (input: { name: string; planId: string; region: string; durability: Durability; deletionProtection: boolean }) =>
      mutate(
        CreateDeployment,
        { input: { ...input, projectId: project.id, idempotencyKey: idempotencyKey.current } },
        (data) => data.createDeployment,
      ),
    [DeploymentsQuery, OperationsQuery],
  );

  const plans = catalog.data?.plans.filter(({ selectable }) => selectable) ?? [];
  const regions = catalog.data?.regions ?? [];
  const plan = plans.find(({ id }) => id === planId) ?? plans[0];
  const region = regions.find(({ id }) => id === regionId) ?? regions.find(({ available }) => available);
  const nameError = create.isError && asApiError(create.error).path.at(-1) === 'name' ? asApiError(create.error).message : undefined;
  const missing = !name.trim() ? 'Enter a name' : !plan ? 'Choose a plan' : !region ? 'Choose a region' : undefined;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (missing || !plan || !region) return;
    const made = await create.mutateAsync({ name: name.trim(), planId: plan.id, region: region.id, durability, deletionProtection });
    if (!made.deployment) return;
    // The next page shows it at once, without asking for what is known already.
    queries.setQueryData(apiKey(DeploymentQuery, { id: made.deployment.id }), { deployment: made.deployment });
    onCreated(made.deployment.id, made.operation?.id);
  }

  function renewed<T>(set: (value: T) => void): (value: T) => void {
    return (value) => {
      idempotencyKey.current = newIdempotencyKey();
      create.reset();
      set(value);
    };
  }

  return (
    <form className={classes.columns} onSubmit={(event) => void submit(event).catch(() => undefined)} aria-label="Create deployment">
      <Stack gap="md">
        {catalog.error && (
          <Fault title="Plans and regions could not be loaded" error={catalog.error} onRetry={() => void catalog.refetch()} />
        )}
        {create.isError && !nameError && <Fault title="The deployment was not created" error={create.error} />}
        <Card title="Name">
          <TextInput
            label="Deployment name"
            description="People and log lines will call it by this name. It can be changed later; the address stays."
            value={name}
            onChange={(event) => renewed(setName)(event.currentTarget.value)}
            error={nameError}
            maxLength={64}
            spellCheck={false}
            rightSection={
              <Tooltip label="Suggest another">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label="Suggest another name"
                  onClick={() => renewed(setName)(suggestName(Math.random))}
                >
                  <IconRefresh size={16} />
                </ActionIcon>
              </Tooltip>
            }
          />
        </Card>
        <Card title="Plan">
          {catalog.isPending ? (
            <Skeleton height={172} />
          ) : (
            <Radio.Group value={plan?.id ?? ''} onChange={(id) => renewed(onChoose)({ plan: id })} aria-label="Plan">
              <div className={classes.plans}>
                {plans.map((one) => (
                  <PlanCard key={one.id} plan={one} />
                ))}
              </div>
            </Radio.Group>
          )}
        </Card>
        <Card title="Region">
          <Select
            label="Where it runs"
            data={regions.map(({ id, name: label, available }) => ({
              value: id,
              label: available ? label : `${label} (no capacity)`,
              disabled: !available,
            }))}
            value={region?.id ?? null}
            onChange={(id) => id && renewed(onChoose)({ region: id })}
          />
        </Card>
        <Advanced durability={durability} onDurability={renewed(setDurability)}>
          <Switch
            label="Deletion protection"
            description="It cannot be deleted, here or through the API, until this is turned off."
            checked={deletionProtection}
            onChange={(event) => renewed(setDeletionProtection)(event.currentTarget.checked)}
          />
        </Advanced>
      </Stack>
      <CreateSummary
        name={name}
        project={project}
        plan={plan}
        region={region}
        domain={catalog.data?.installation.domain ?? null}
        durability={durability}
        missing={missing}
        busy={create.isPending}
      />
    </form>
  );
}
