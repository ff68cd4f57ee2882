import { Avatar, Menu, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCheck, IconPlus, IconSelector } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { paths } from '../../paths';
import { useViewer, type ViewerProject } from '../session/viewer';
import classes from './switcher.module.css';

const CreateProjectDialog = lazy(() => import('../projects/create-project-dialog'));

/** Organization and project on top of the rail; one press changes the project. */
export function Switcher({ folded, project }: { folded: boolean; project: ViewerProject | undefined }) {
  const viewer = useViewer();
  const navigate = useNavigate();
  const [creating, dialog] = useDisclosure(false);
  const organizations = viewer?.organizations ?? [];
  const own = organizations.find(({ projects }) => projects.nodes.some(({ id }) => id === project?.id)) ?? organizations[0];
  const creatable = organizations.find(({ viewerCan }) => viewerCan.createProject.allowed);

  return (
    <>
      <Menu position="bottom-start" width={240}>
        <Menu.Target>
          <UnstyledButton
            className={classes.button}
            data-folded={folded || undefined}
            aria-label={`Project ${project?.name ?? 'none'}, change`}
          >
            <Avatar
              size={24}
              radius="sm"
              color="accent"
              name={project?.name ?? '?'}
              variant="filled"
              classNames={{ placeholder: classes.initial }}
            >
              {(project?.name ?? '?').slice(0, 1).toUpperCase()}
            </Avatar>
            {!folded && (
              <>
                <span className={classes.names}>
                  <span className={classes.project}>{project?.name ?? 'No project'}</span>
                  <span className={classes.organization}>{own?.name ?? ' '}</span>
                </span>
                <IconSelector size={16} aria-hidden />
              </>
            )}
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {organizations.map((organization) => (
            <div key={organization.id}>
              <Menu.Label>{organization.name}</Menu.Label>
              {organization.projects.nodes.map(({ id, name }) => (
                <Menu.Item
                  key={id}
                  onClick={() => void navigate({ to: paths.deployments(id) })}
                  rightSection={id === project?.id ? <IconCheck size={14} aria-label="current" /> : undefined}
                >
                  {name}
                </Menu.Item>
              ))}
            </div>
          ))}
          {creatable && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconPlus size={14} />} onClick={dialog.open}>
                Create project
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {creatable && creating && (
        <Suspense fallback={null}>
          <CreateProjectDialog
            onClose={dialog.close}
            organizationId={creatable.id}
            onCreated={(id) => void navigate({ to: paths.deployments(id) })}
          />
        </Suspense>
      )}
    </>
  );
}
