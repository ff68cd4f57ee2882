import { Drawer } from '@mantine/core';
import { Rail } from './rail';
import classes from './shell.module.css';

/** The rail on small screens. */
export default function RailDrawer({ onClose }: { onClose: () => void }) {
  return (
    <Drawer.Root opened onClose={onClose} size={264}>
      <Drawer.Overlay />
      <Drawer.Content aria-label="Navigation">
        <Drawer.Body className={classes.drawer}>
          <Rail folded={false} />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
