import { Loader, Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { Fragment, type KeyboardEvent, useId, useState } from 'react';
import type { Entry } from './entries';
import classes from './search-dialog.module.css';
import { useEntries } from './use-entries';

/** Ctrl K: pages, deployments and actions, by keyboard alone. */
export default function SearchDialog({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('');
  const [asked] = useDebouncedValue(query, 120);
  const { entries, busy } = useEntries(query, asked);
  const [at, setAt] = useState(0);
  const navigate = useNavigate();
  const listId = useId();
  const active = entries[Math.min(at, entries.length - 1)];

  function go(entry: Entry | undefined): void {
    if (!entry) return;
    onClose();
    void navigate({ href: entry.href });
  }

  function keyPressed(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && entries.length > 0) {
      event.preventDefault();
      const next = (Math.min(at, entries.length - 1) + step + entries.length) % entries.length;
      setAt(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(active);
    }
  }

  return (
    <Modal.Root opened onClose={onClose} size={560} yOffset="12vh" centered={false} padding={0}>
      <Modal.Overlay />
      <Modal.Content aria-label="Search">
        <TextInput
          variant="unstyled"
          size="lg"
          className={classes.input}
          leftSection={<IconSearch size={18} />}
          rightSection={busy ? <Loader size={16} /> : undefined}
          placeholder="Search pages, deployments, actions"
          aria-label="Search pages, deployments, actions"
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={active ? `${listId}-${entries.indexOf(active)}` : undefined}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={keyPressed}
          data-autofocus
        />
        <div className={classes.list} role="listbox" id={listId} aria-label="Results">
          {entries.map((entry, index) => (
            <Fragment key={entry.id}>
              {entries[index - 1]?.group !== entry.group && (
                <div className={classes.group} role="presentation">
                  {entry.group}
                </div>
              )}
              <div
                id={`${listId}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={entry === active}
                className={classes.entry}
                onMouseMove={() => setAt(index)}
                onClick={() => go(entry)}
              >
                <span>{entry.label}</span>
                {entry.hint && <span className={classes.hint}>{entry.hint}</span>}
              </div>
            </Fragment>
          ))}
          {entries.length === 0 && !busy && <p className={classes.none}>Nothing is called that.</p>}
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
