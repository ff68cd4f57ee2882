/** What an organization is told before something ends by itself. Who writes it is the provisioner; mail will read it too. */
import { Injectable } from '@nestjs/common';
import { type Connection, connectionFrom, type Page } from '../graphql/connection.js';
import { ProjectChoice } from '../organizations/project-choice.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import type { Notice } from './notices.model.js';
import { dismissNotice, listNotices } from './notices.repository.js';

@Injectable()
export class NoticesService {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly choice: ProjectChoice,
  ) {}

  /** Of an organization, or of the viewer's only one. */
  async search(viewer: Viewer, organizationId: string | null, page: Page): Promise<Connection<Notice>> {
    return this.list(await this.choice.organization(viewer, organizationId, ['organizationId']), null, page);
  }

  async list(organizationId: string, deploymentId: string | null, page: Page): Promise<Connection<Notice>> {
    const { rows, totalCount } = await this.tenancy.in(organizationId, (tx) => listNotices(tx, organizationId, deploymentId, page));
    return connectionFrom(rows, page, totalCount);
  }

  /** For everybody of the organization. What it tells of happens all the same. Throws NOT_FOUND. */
  dismiss(viewer: Viewer, id: string): Promise<{ dismissedId: string }> {
    return this.tenancy.write(viewer, 'notice', id, 'id', async (tx, organizationId) => {
      await dismissNotice(tx, organizationId, id);
      return { dismissedId: id };
    });
  }
}
