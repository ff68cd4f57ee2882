import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { logIn } from '../../api/auth';
import { Fault } from '../../ui/fault';

/** E-mail and password; used by the page and by the dialog of an expired session. */
export function LogInForm({ onDone, email = '' }: { onDone: () => void | Promise<void>; email?: string }) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { email, password: '' },
    validate: {
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : 'Enter your e-mail address.'),
      password: (value) => (value ? null : 'Enter your password.'),
    },
  });

  async function submit(values: typeof form.values): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      await logIn({ email: values.email.trim(), password: values.password });
      await onDone();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack gap="md">
        {error !== undefined && <Fault title="You are not logged in" error={error} />}
        <TextInput label="E-mail" type="email" autoComplete="username" size="md" autoFocus={!email} {...form.getInputProps('email')} />
        <PasswordInput label="Password" autoComplete="current-password" size="md" data-autofocus {...form.getInputProps('password')} />
        <Button type="submit" size="md" loading={busy} fullWidth>
          Log in
        </Button>
      </Stack>
    </form>
  );
}
