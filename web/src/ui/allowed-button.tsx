import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import { type ComponentPropsWithoutRef, useId } from 'react';

export interface Permission {
  allowed: boolean;
  reason: string | null;
}

type Props = ButtonProps & Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps> & { permission: Permission | undefined };

/** A button that says why it cannot be pressed, from the rule the api goes by. It stays in the tab order to be asked. */
export function AllowedButton({ permission, onClick, ...props }: Props) {
  const id = useId();
  if (!permission || permission.allowed) return <Button {...props} onClick={onClick} />;
  const reason = permission.reason ?? 'You may not do this.';
  return (
    <Tooltip label={reason}>
      <span>
        <Button {...props} data-disabled aria-disabled aria-describedby={id} onClick={(event) => event.preventDefault()} />
        <span id={id} className="visually-hidden">
          {reason}
        </span>
      </span>
    </Tooltip>
  );
}
