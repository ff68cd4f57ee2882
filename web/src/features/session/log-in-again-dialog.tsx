import { Dialog } from '../../ui/dialog';
import { Stack, Text } from '@mantine/core';
import { loggedInAgain } from '../../api/log-in-again';
import { LogInForm } from './log-in-form';
import { useViewer } from './viewer';

/** Lies over a page whose log-in session has expired. What was typed stays behind it, what was sent is sent again. */
export default function LogInAgainDialog() {
  const viewer = useViewer();
  return (
    <Dialog opened title="Log in again">
      <Stack gap="md">
        <Text>Your session has expired. Nothing on this page is lost: it goes on as soon as you are logged in.</Text>
        <LogInForm email={viewer?.person?.email ?? ''} onDone={loggedInAgain} />
      </Stack>
    </Dialog>
  );
}
