import { Dialog } from '../../ui/dialog';
import { CreateProjectForm } from './create-project-form';

interface Props {
  opened: boolean;
  onClose: () => void;
  organizationId: string;
  onCreated: (projectId: string) => void;
}

export function CreateProjectDialog({ opened, onClose, organizationId, onCreated }: Props) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Create project">
      <CreateProjectForm
        organizationId={organizationId}
        onCreated={(id) => {
          onClose();
          onCreated(id);
        }}
      />
    </Dialog>
  );
}
