/** Every address of the console is built here, so that a page can move without a search through the code. */
const part = encodeURIComponent;

function withSearch(path: string, search: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) if (value) query.set(key, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export const paths = {
  home: () => '/',
  signUp: (search: { setup?: string; next?: string } = {}) => withSearch('/sign-up', search),
  logIn: (search: { next?: string } = {}) => withSearch('/log-in', search),
  welcome: () => '/welcome',
  installation: () => '/installation',
  apiKeys: (organizationId: string) => `/o/${part(organizationId)}/api-keys`,
  exports: (organizationId: string, search: { new?: string } = {}) => withSearch(`/o/${part(organizationId)}/exports`, search),
  deployments: (projectId: string) => `/p/${part(projectId)}/deployments`,
  newDeployment: (projectId: string) => `/p/${part(projectId)}/deployments/new`,
  deployment: (deploymentId: string) => `/d/${part(deploymentId)}`,
  connect: (deploymentId: string, search: { credential?: string; client?: string; operation?: string } = {}) =>
    withSearch(`/d/${part(deploymentId)}/connect`, search),
  clients: (deploymentId: string) => `/d/${part(deploymentId)}/clients`,
  client: (deploymentId: string, clientId: string) => `/d/${part(deploymentId)}/clients/${part(clientId)}`,
  credentials: (deploymentId: string, search: { new?: string } = {}) => withSearch(`/d/${part(deploymentId)}/credentials`, search),
  operations: (deploymentId: string) => `/d/${part(deploymentId)}/operations`,
  operation: (deploymentId: string, operationId: string) => `/d/${part(deploymentId)}/operations/${part(operationId)}`,
  settings: (deploymentId: string) => `/d/${part(deploymentId)}/settings`,
};

/** An address to go back to after log-in: only our own, never another site's. */
export function safeNext(next: string | undefined): string {
  if (!next || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) return paths.home();
  return next;
}
