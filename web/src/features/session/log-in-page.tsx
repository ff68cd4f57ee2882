import { getRouteApi, useRouter } from '@tanstack/react-router';
import { queryClient } from '../../api/query-client';
import { paths, safeNext } from '../../paths';
import { TextLink } from '../../ui/links';
import { AuthLayout } from './auth-layout';
import { LogInForm } from './log-in-form';
import { useInstallation } from './viewer';

const route = getRouteApi('/log-in');

export function LogInPage() {
  const { next } = route.useSearch();
  const router = useRouter();
  const installation = useInstallation();

  async function done(): Promise<void> {
    queryClient.clear();
    await router.navigate({ href: safeNext(next) });
  }

  return (
    <AuthLayout
      title="Log in"
      foot={
        installation && installation.signUp !== 'OPEN' ? (
          'New here? Ask the operator of this installation for a set-up link.'
        ) : (
          <>
            New here?{' '}
            <TextLink to={paths.signUp()} search={next ? { next } : {}}>
              Create an account
            </TextLink>
          </>
        )
      }
    >
      <LogInForm onDone={done} />
    </AuthLayout>
  );
}
