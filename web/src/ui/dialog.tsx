import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

interface Props {
  opened: boolean;
  /** Not given where the dialog must be answered. */
  onClose?: (() => void) | undefined;
  title: string;
  size?: 'md' | 'lg';
  /** A secret that is shown once must not go away by a press beside the dialog. */
  keepOnOutsideClick?: boolean;
  children: ReactNode;
}

const stay = () => undefined;

export function Dialog({ opened, onClose, title, size = 'md', keepOnOutsideClick = false, children }: Props) {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose ?? stay}
      size={size}
      closeOnClickOutside={!keepOnOutsideClick}
      closeOnEscape={onClose !== undefined}
    >
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          {onClose && <Modal.CloseButton aria-label="Close" />}
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
