import { Dialog } from '../../ui/dialog';
import { CreateProjectForm } from './create-project-form';

interface Props {
  onClose: () => void;
  organizationId: string;
  onCreated: (projectId: string) => void;
}

export default function CreateProjectDialog({ onClose, organizationId, onCreated }: Props) {
  return (
    <Dialog opened onClose={onClose} title="Create project">
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
