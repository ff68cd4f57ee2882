import { Alert, Stack } from '@mantine/core';
import { IconClockExclamation } from '@tabler/icons-react';
import { mutate, useApi, useChange } from '../../api/use-api';
import { paths } from '../../paths';
import { formatDateTime } from '../../ui/format';
import { TextLink } from '../../ui/links';
import { complain } from '../deployments/start-stop';
import { DismissNotice, NoticesQuery } from './queries';
import { noticeWords } from './words';

const REFRESH_MS = 60_000;

interface Props {
  organizationId: string;
  /** Only those of this deployment. */
  deploymentId?: string;
}

/** What will end by itself soon. Dismissed for the whole organization; it ends all the same. */
export function NoticeBanners({ organizationId, deploymentId }: Props) {
  const { data } = useApi(NoticesQuery, { organizationId }, { refetchInterval: REFRESH_MS });
  const dismiss = useChange((id: string) => mutate(DismissNotice, { input: { id } }, (answer) => answer.dismissNotice), [NoticesQuery]);
  const shown = (data?.notices.nodes ?? []).filter((notice) => deploymentId === undefined || notice.deploymentId === deploymentId);
  if (shown.length === 0) return null;
  return (
    <Stack gap="xs" mb="md">
      {shown.map((notice) => {
        const { what, cure } = noticeWords(notice);
        return (
          <Alert
            key={notice.id}
            color="yellow"
            icon={<IconClockExclamation size={18} />}
            withCloseButton
            closeButtonLabel={`Dismiss the notice about ${notice.deploymentName}`}
            onClose={() => dismiss.mutate(notice.id, { onError: complain('The notice was not dismissed') })}
          >
            <TextLink c="inherit" fw={600} underline="always" to={paths.deployment(notice.deploymentId)}>
              {notice.deploymentName}
            </TextLink>{' '}
            {what} on {formatDateTime(notice.dueAt)}. {cure}
          </Alert>
        );
      })}
    </Stack>
  );
}
