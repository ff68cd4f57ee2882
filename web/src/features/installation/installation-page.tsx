import { NotFoundPage } from '../../ui/not-found-page';
import { Page } from '../../ui/page';
import { useViewer } from '../session/viewer';
import { CellsCard } from './cells-card';
import { MachinesCard } from './machines-card';
import { OrphansCard } from './orphans-card';
import { TroubleCard } from './trouble-card';

/** What an operator looks after. For anybody else it is not there. */
export function InstallationPage() {
  const viewer = useViewer();
  if (viewer && !viewer.isOperator) return <NotFoundPage />;
  return (
    <Page title="Installation" lead="Where deployments of all organizations run, and which of them need a hand. For operators.">
      <TroubleCard />
      <CellsCard />
      <MachinesCard />
      <OrphansCard />
    </Page>
  );
}
