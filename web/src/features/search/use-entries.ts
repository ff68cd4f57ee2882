import { useApi } from '../../api/use-api';
import { paths } from '../../paths';
import { deploymentPages } from '../deployments/deployment-pages';
import { PHASES } from '../deployments/phases';
import { projectsOf, useViewer } from '../session/viewer';
import { type Place, usePlace } from '../shell/place';
import { type Entry, findEntries } from './entries';
import { SearchDeploymentsQuery } from './queries';

const SHOWN = 20;

/** `query` filters what is known at once; `asked` is what the api is asked for. */
export function useEntries(query: string, asked: string): { entries: Entry[]; busy: boolean } {
  const place = usePlace();
  const viewer = useViewer();
  const found = useApi(SearchDeploymentsQuery, { search: asked }, { placeholderData: (previous) => previous });

  const deployments = (found.data?.deployments.nodes ?? []).map(
    (node): Entry => ({
      id: node.id,
      group: 'Deployments',
      label: node.name,
      hint: `${PHASES[node.phase].word} · ${node.project.name}`,
      href: paths.deployment(node.id),
    }),
  );
  const projects = projectsOf(viewer).map(
    ({ id, name }): Entry => ({ id, group: 'Pages', label: name, hint: 'Project', href: paths.deployments(id) }),
  );
  const named = findEntries(deployments, query);
  const others = [...findEntries([...pagesOf(place), ...projects], query), ...findEntries(actionsOf(place), query)];
  // Before anything is typed, what is near comes first.
  const entries = query ? [...named, ...others] : [...others, ...named];
  return { entries: entries.slice(0, SHOWN), busy: found.isFetching };
}

function pagesOf({ deployment, project, organization }: Place): Entry[] {
  const pages: Entry[] = [];
  if (deployment)
    for (const { to, label } of deploymentPages(deployment.id))
      pages.push({ id: to, group: 'Pages', label, hint: deployment.name, href: to });
  if (project)
    pages.push({ id: 'deployments', group: 'Pages', label: 'Deployments', hint: project.name, href: paths.deployments(project.id) });
  if (organization)
    pages.push(
      { id: 'api-keys', group: 'Pages', label: 'API keys', hint: organization.name, href: paths.apiKeys(organization.id) },
      { id: 'exports', group: 'Pages', label: 'Exports', hint: organization.name, href: paths.exports(organization.id) },
    );
  return pages;
}

function actionsOf({ deployment, project, organization }: Place): Entry[] {
  const actions: Entry[] = [];
  if (project)
    actions.push({ id: 'create', group: 'Actions', label: 'Create deployment', hint: project.name, href: paths.newDeployment(project.id) });
  if (organization)
    actions.push({
      id: 'export',
      group: 'Actions',
      label: 'Create export',
      hint: organization.name,
      href: paths.exports(organization.id, { new: '1' }),
    });
  if (deployment) {
    actions.push({
      id: 'credential',
      group: 'Actions',
      label: 'Create credential',
      hint: deployment.name,
      href: paths.credentials(deployment.id, { new: '1' }),
    });
    actions.push({ id: 'connect', group: 'Actions', label: 'Connect a client', hint: deployment.name, href: paths.connect(deployment.id) });
  }
  return actions;
}
