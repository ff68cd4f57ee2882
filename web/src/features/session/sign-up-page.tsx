import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { asApiError } from '../../api/api-error';
import { signUp } from '../../api/auth';
import { queryClient } from '../../api/query-client';
import { paths, safeNext } from '../../paths';
import { Fault } from '../../ui/fault';
import { TextLink } from '../../ui/links';
import { AuthLayout } from './auth-layout';
import { useInstallation } from './viewer';

const route = getRouteApi('/sign-up');
const PASSWORD_LENGTH_MIN = 10;

export function SignUpPage() {
  const { setup, next } = route.useSearch();
  const router = useRouter();
  const installation = useInstallation();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: '', email: '', password: '' },
    validate: {
      name: (value) => (value.trim() ? null : 'Enter your name.'),
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : 'Enter an e-mail address, like ada@example.com.'),
      password: (value) => (value.length >= PASSWORD_LENGTH_MIN ? null : `Use at least ${PASSWORD_LENGTH_MIN} characters.`),
    },
  });

  async function submit(values: typeof form.values): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      await signUp({ name: values.name.trim(), email: values.email.trim(), password: values.password, setup });
      queryClient.clear();
      await router.navigate({ href: next ? safeNext(next) : paths.welcome() });
    } catch (cause) {
      const field = asApiError(cause).path.at(-1);
      if (field && field in values) form.setFieldError(field, asApiError(cause).message);
      else setError(cause);
    } finally {
      setBusy(false);
    }
  }

  const closed = !setup && installation !== undefined && installation.signUp !== 'OPEN';
  return (
    <AuthLayout
      title="Create your account"
      foot={
        <>
          Have an account? <TextLink to={paths.logIn()}>Log in</TextLink>
        </>
      }
    >
      {closed ? (
        <Fault title="Sign-up is closed on this installation" tone="warn">
          Ask its operator for a set-up link.
        </Fault>
      ) : (
        <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
          <Stack gap="md">
            {error !== undefined && <Fault title="The account was not created" error={error} />}
            <TextInput label="Name" autoComplete="name" size="md" autoFocus {...form.getInputProps('name')} />
            <TextInput label="E-mail" type="email" autoComplete="username" size="md" {...form.getInputProps('email')} />
            <PasswordInput
              label="Password"
              description={`At least ${PASSWORD_LENGTH_MIN} characters. A sentence is easier to keep than a riddle.`}
              autoComplete="new-password"
              size="md"
              {...form.getInputProps('password')}
            />
            <Button type="submit" size="md" loading={busy} fullWidth>
              Create account
            </Button>
          </Stack>
        </form>
      )}
    </AuthLayout>
  );
}
