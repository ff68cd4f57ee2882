import { Dialog } from '../../ui/dialog';
import { Stack, Text } from '@mantine/core';
import { execute } from '../../api/execute';
import { loggedInAgain } from '../../api/log-in-again';
import { paths } from '../../paths';
import { LogInForm } from './log-in-form';
import { ViewerQuery } from './queries';
import { useViewer } from './viewer';

/** Lies over a page whose log-in session has expired. What was typed stays behind it, what was sent is sent again. */
export default function LogInAgainDialog() {
  const viewer = useViewer();

  async function done(): Promise<void> {
    const now = await execute(ViewerQuery, {}, { waitForLogIn: false });
    // Somebody else has taken the seat: nothing of the last person's page is theirs.
    if (now.viewer.person?.id === viewer?.person?.id) loggedInAgain();
    else window.location.assign(paths.home());
  }

  return (
    <Dialog opened title="Log in again">
      <Stack gap="md">
        <Text>Your session has expired. Nothing on this page is lost: it goes on as soon as you are logged in.</Text>
        <LogInForm email={viewer?.person?.email ?? ''} onDone={done} />
      </Stack>
    </Dialog>
  );
}
