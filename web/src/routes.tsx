import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { ensureViewer, homePath } from './features/session/viewer';
import { Shell } from './features/shell/shell';
import { parseSearch, printSearch, texts } from './search-params';
import { CrashPage } from './ui/crash-page';
import { LostPage } from './ui/not-found-page';

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    /** The name of the page in the breadcrumb. */
    crumb?: string;
  }
}

const root = createRootRoute({ component: Outlet, notFoundComponent: LostPage });

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: texts('setup', 'next'),
  component: lazyRouteComponent(() => import('./features/session/sign-up-page'), 'SignUpPage'),
});

const logIn = createRoute({
  getParentRoute: () => root,
  path: '/log-in',
  validateSearch: texts('next'),
  component: lazyRouteComponent(() => import('./features/session/log-in-page'), 'LogInPage'),
});

/** Everything behind the log-in. */
const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: ({ location }) => ensureViewer(location.href),
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: async ({ location }) => {
    throw redirect({ href: homePath(await ensureViewer(location.href)), replace: true });
  },
});

const welcome = createRoute({
  getParentRoute: () => app,
  path: '/welcome',
  staticData: { crumb: 'Welcome' },
  validateSearch: texts('project', 'deployment', 'operation', 'plan', 'region', 'client', 'credential'),
  component: lazyRouteComponent(() => import('./features/welcome/welcome-page'), 'WelcomePage'),
});

const apiKeys = createRoute({
  getParentRoute: () => app,
  path: '/o/$organizationId/api-keys',
  staticData: { crumb: 'API keys' },
  component: lazyRouteComponent(() => import('./features/api-keys/api-keys-page'), 'ApiKeysPage'),
});

const exports = createRoute({
  getParentRoute: () => app,
  path: '/o/$organizationId/exports',
  staticData: { crumb: 'Exports' },
  validateSearch: texts('new'),
  component: lazyRouteComponent(() => import('./features/exports/exports-page'), 'ExportsPage'),
});

const installation = createRoute({
  getParentRoute: () => app,
  path: '/installation',
  staticData: { crumb: 'Installation' },
  component: lazyRouteComponent(() => import('./features/installation/installation-page'), 'InstallationPage'),
});

const deployments = createRoute({
  getParentRoute: () => app,
  path: '/p/$projectId/deployments',
  validateSearch: texts('q', 'phase', 'region', 'sort'),
  component: lazyRouteComponent(() => import('./features/deployments/deployments-page'), 'DeploymentsPage'),
});

const newDeployment = createRoute({
  getParentRoute: () => app,
  path: '/p/$projectId/deployments/new',
  staticData: { crumb: 'New' },
  validateSearch: texts('plan', 'region'),
  component: lazyRouteComponent(() => import('./features/deployments/create-deployment-page'), 'CreateDeploymentPage'),
});

const deployment = createRoute({
  getParentRoute: () => app,
  path: '/d/$deploymentId',
  component: lazyRouteComponent(() => import('./features/deployments/deployment-layout'), 'DeploymentLayout'),
});

const overview = createRoute({
  getParentRoute: () => deployment,
  path: '/',
  staticData: { crumb: 'Overview' },
  validateSearch: texts('view'),
  component: lazyRouteComponent(() => import('./features/deployments/overview-page'), 'OverviewPage'),
});

const connect = createRoute({
  getParentRoute: () => deployment,
  path: '/connect',
  staticData: { crumb: 'Connect' },
  validateSearch: texts('client', 'credential', 'operation'),
  component: lazyRouteComponent(() => import('./features/connect/connect-page'), 'ConnectPage'),
});

const clients = createRoute({
  getParentRoute: () => deployment,
  path: '/clients',
  staticData: { crumb: 'Clients' },
  validateSearch: texts('q', 'state', 'sort'),
  component: lazyRouteComponent(() => import('./features/clients/clients-page'), 'ClientsPage'),
});

const client = createRoute({
  getParentRoute: () => deployment,
  path: '/clients/$clientId',
  staticData: { crumb: 'Client' },
  component: lazyRouteComponent(() => import('./features/clients/client-page'), 'ClientPage'),
});

const credentials = createRoute({
  getParentRoute: () => deployment,
  path: '/credentials',
  staticData: { crumb: 'Credentials' },
  validateSearch: texts('q', 'sort', 'new'),
  component: lazyRouteComponent(() => import('./features/credentials/credentials-page'), 'CredentialsPage'),
});

const operations = createRoute({
  getParentRoute: () => deployment,
  path: '/operations',
  staticData: { crumb: 'Operations' },
  component: lazyRouteComponent(() => import('./features/operations/operations-page'), 'OperationsPage'),
});

const operation = createRoute({
  getParentRoute: () => deployment,
  path: '/operations/$operationId',
  staticData: { crumb: 'Operation' },
  component: lazyRouteComponent(() => import('./features/operations/operation-page'), 'OperationPage'),
});

const settings = createRoute({
  getParentRoute: () => deployment,
  path: '/settings',
  staticData: { crumb: 'Settings' },
  component: lazyRouteComponent(() => import('./features/deployments/settings-page'), 'SettingsPage'),
});

const routeTree = root.addChildren([
  signUp,
  logIn,
  app.addChildren([
    home,
    welcome,
    apiKeys,
    exports,
    installation,
    deployments,
    newDeployment,
    deployment.addChildren([overview, connect, clients, client, credentials, operations, operation, settings]),
  ]),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch: printSearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: CrashPage,
  defaultNotFoundComponent: LostPage,
});

/** Fetches the pages that were not needed yet, so that none is missing when the api is away. Called when the tab is idle. */
export function preloadPages(): void {
  for (const route of Object.values(router.routesById)) {
    const { component } = route.options as { component?: { preload?: () => Promise<void> } };
    void component?.preload?.().catch(() => undefined);
  }
}
