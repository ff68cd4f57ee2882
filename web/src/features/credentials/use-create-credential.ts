import { useRef } from 'react';
import { newIdempotencyKey } from '../../api/idempotency-key';
import { mutate, useChange } from '../../api/use-api';
import { CreateCredential, CredentialsQuery } from './queries';
import { rememberSecret } from './secrets';

export interface NewCredential {
  username?: string | undefined;
  description?: string | undefined;
}

/** Makes a credential; the api invents the password, and the username where none is given. */
export function useCreateCredential(deploymentId: string) {
  const idempotencyKey = useRef(newIdempotencyKey());
  return useChange(
    async ({ username, description }: NewCredential) => {
      const input = { deploymentId, username: username || null, description: description || null, idempotencyKey: idempotencyKey.current };
      const made = await mutate(CreateCredential, { input }, (data) => data.createCredential).catch((error: unknown) => {
        // A refused wish is another wish once it is corrected.
        idempotencyKey.current = newIdempotencyKey();
        throw error;
      });
      idempotencyKey.current = newIdempotencyKey();
      if (made.credential && made.secret) rememberSecret(made.credential.id, made.secret);
      return made;
    },
    [CredentialsQuery],
  );
}
