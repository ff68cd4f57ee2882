import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { paths } from '../../paths';
import { Logo } from '../../ui/logo';
import { usePlace } from './place';
import classes from './rail.module.css';
import { RailPages } from './rail-pages';
import { Switcher } from './switcher';

interface Props {
  folded: boolean;
  /** Not given in the drawer of small screens. */
  onFold?: () => void;
}

export function Rail({ folded, onFold }: Props) {
  const place = usePlace();
  const foldLabel = folded ? 'Unfold navigation' : 'Fold navigation';
  return (
    <div className={classes.rail} data-folded={folded || undefined}>
      <div className={classes.top}>
        <Link to={paths.home()} className={classes.home} aria-label="Rookery, home">
          <Logo folded={folded} />
        </Link>
      </div>
      <div className={classes.switcher}>
        <Switcher folded={folded} project={place.project} />
      </div>
      <RailPages folded={folded} place={place} />
      {onFold && (
        <div className={classes.bottom}>
          <Tooltip label={foldLabel} position="right">
            <ActionIcon variant="subtle" color="gray" size={32} onClick={onFold} aria-label={foldLabel}>
              {folded ? <IconLayoutSidebarLeftExpand size={18} /> : <IconLayoutSidebarLeftCollapse size={18} />}
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </div>
  );
}
