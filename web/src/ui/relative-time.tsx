import { Tooltip } from '@mantine/core';
import { formatAgo, formatDateTime, UNKNOWN } from './format';
import { useNow } from './now';

/** How long ago, with the moment itself on hover, in the zone of the person who looks. */
export function RelativeTime({ at }: { at: string | null | undefined }) {
  const now = useNow(at && Date.now() - Date.parse(at) < 120_000 ? 1_000 : 20_000);
  if (!at) return <span>{UNKNOWN}</span>;
  return (
    <Tooltip label={formatDateTime(at)}>
      <time dateTime={at}>{formatAgo(at, now)}</time>
    </Tooltip>
  );
}
