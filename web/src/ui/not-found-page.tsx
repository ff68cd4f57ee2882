import { IconMapQuestion } from '@tabler/icons-react';
import { paths } from '../paths';
import { EmptyState } from './empty-state';
import { ButtonLink } from './links';
import { Page } from './page';

/** An address outside the map: no shell stands around it. */
export function LostPage() {
  return (
    <main>
      <NotFoundPage />
    </main>
  );
}

/** The same page for what never was and what one may not see. */
export function NotFoundPage() {
  return (
    <Page title="Not found">
      <EmptyState
        icon={<IconMapQuestion size={24} />}
        title="There is nothing at this address"
        action={<ButtonLink to={paths.home()}>Go to deployments</ButtonLink>}
      >
        It may have been deleted, or it belongs to somebody else. Check the address, or look for it in the list.
      </EmptyState>
    </Page>
  );
}
