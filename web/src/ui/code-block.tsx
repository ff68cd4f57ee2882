import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './code-block.module.css';
import { useCopy } from './use-copy';

/** Commands to paste. `title` names the block; the whole text is in one element, exactly as it is copied. */
export function CodeBlock({ title, code }: { title: string; code: string }) {
  const { copied, copy } = useCopy(code);
  return (
    <div className={classes.block} role="group" aria-label={title}>
      <div className={classes.head}>
        <span>{title}</span>
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={copy}
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          aria-label={`Copy ${title}`}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      {/* A region that scrolls must be reachable by keyboard. */}
      <pre className={classes.code} tabIndex={0} aria-label={`${title} text`}>
        <code>{code}</code>
      </pre>
    </div>
  );
}
