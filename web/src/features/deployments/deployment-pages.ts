import { IconActivity, IconDevices2, IconHistory, IconPlugConnected, IconSettings, IconUserKey } from '@tabler/icons-react';
import { paths } from '../../paths';

export interface PageEntry {
  to: string;
  label: string;
  icon: typeof IconSettings;
  /** Active only at its own address, not below it. */
  exact?: boolean;
}

/** The pages of a deployment, in the order of its rail, its tabs and the search. */
export function deploymentPages(id: string): PageEntry[] {
  return [
    { to: paths.deployment(id), label: 'Overview', icon: IconActivity, exact: true },
    { to: paths.connect(id), label: 'Connect', icon: IconPlugConnected },
    { to: paths.clients(id), label: 'Clients', icon: IconDevices2 },
    { to: paths.credentials(id), label: 'Credentials', icon: IconUserKey },
    { to: paths.operations(id), label: 'Operations', icon: IconHistory },
    { to: paths.settings(id), label: 'Settings', icon: IconSettings },
  ];
}
