import { AppError } from '@rookery/service-kit/errors';

/** Who asks: a logged-in person, or the bearer of an API key. Every service function takes one first. */
export interface Viewer {
  /** Id of the person or the API key: the actor of the audit log. */
  actor: string;
  /** Words for other people: an e-mail address or the name of a key. */
  label: string;
  context: 'console' | 'api';
  /** The person, or who made the key. */
  personId: string;
  apiKeyId: string | null;
  /** The only organizations that exist for this viewer. */
  organizationIds: readonly string[];
  isOperator: boolean;
}

export function requireViewer(viewer: Viewer | null): Viewer {
  if (viewer === null) throw new AppError('UNAUTHENTICATED');
  return viewer;
}

export function requireOperator(viewer: Viewer): void {
  if (!viewer.isOperator) throw new AppError('FORBIDDEN', { message: 'Only an operator of this installation may do this.' });
}

/** Where what an operator does to the installation itself is audited: it belongs to no tenant. */
export function organizationOfOperator(viewer: Viewer): string {
  requireOperator(viewer);
  const [first] = viewer.organizationIds;
  if (first === undefined) throw new AppError('FORBIDDEN', { message: 'An operator needs an organization, where this is audited.' });
  return first;
}
