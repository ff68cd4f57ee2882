import { getRouteApi, Outlet } from '@tanstack/react-router';
import { Fault } from '../../ui/fault';
import { NotFoundPage } from '../../ui/not-found-page';
import pageClasses from '../../ui/page.module.css';
import { isNetworkError } from '../../api/api-error';
import { NoticeBanners } from '../notices/notice-banners';
import { DeploymentHeader } from './deployment-header';
import { HeaderSkeleton } from './header-skeleton';
import { useDeployment, useDeploymentLive } from './use-deployment';

const route = getRouteApi('/app/d/$deploymentId');

/** The header that all pages of a deployment share, and the live connection that keeps them fresh. */
export function DeploymentLayout() {
  const { deploymentId } = route.useParams();
  const { deployment, error, isPending, refetch } = useDeployment(deploymentId);
  useDeploymentLive(deploymentId);

  if (deployment === null) return <NotFoundPage />;
  return (
    <div className={pageClasses.page}>
      {deployment ? <DeploymentHeader deployment={deployment} /> : isPending ? <HeaderSkeleton /> : null}
      {error && !(deployment && isNetworkError(error)) && (
        <Fault title="The deployment could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {deployment && <NoticeBanners organizationId={deployment.project.organization.id} deploymentId={deployment.id} />}
      {deployment && <Outlet />}
    </div>
  );
}
