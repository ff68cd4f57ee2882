import { useApi } from '../../api/use-api';
import { NotFoundPage } from '../../ui/not-found-page';
import { Page } from '../../ui/page';
import { TableSkeleton } from '../../ui/table/table-skeleton';
import { useViewer } from '../session/viewer';
import { CellsCard } from './cells-card';
import { MachinesCard } from './machines-card';
import { OrphansCard } from './orphans-card';
import { CellsQuery, OrphansQuery, TroubledQuery } from './queries';
import { TroubleCard } from './trouble-card';

/** What an operator looks after. For anybody else it is not there. */
export function InstallationPage() {
  const viewer = useViewer();
  if (viewer && !viewer.isOperator) return <NotFoundPage />;
  return (
    <Page title="Installation" lead="Where deployments of all organizations run, and which of them need a hand. For operators.">
      <Cards />
    </Page>
  );
}

/** They come together: one that is loaded later would push away those below it. */
function Cards() {
  const firstLoads = [useApi(TroubledQuery, {}), useApi(CellsQuery, {}), useApi(OrphansQuery, {})];
  if (firstLoads.some(({ isPending }) => isPending)) return <TableSkeleton rows={8} />;
  return (
    <>
      <TroubleCard />
      <CellsCard />
      <MachinesCard />
      <OrphansCard />
    </>
  );
}
