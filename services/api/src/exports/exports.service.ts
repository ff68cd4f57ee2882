/** Wishes for files, and how far they are. The worker makes them; download.service.ts hands them out. */
import { Inject, Injectable } from '@nestjs/common';
import { EXPORTS_OPEN_MAX } from '@rookery/contracts/exports';
import { AppError } from '@rookery/service-kit/errors';
import { newId } from '@rookery/service-kit/ids';
import { Envelope } from '@rookery/service-kit/envelope';
import { type Connection, connectionFrom, type Page } from '../graphql/connection.js';
import { createOnce } from '../graphql/idempotency.js';
import { parseInput } from '../graphql/input.js';
import { allowed, type Permission } from '../graphql/permission.model.js';
import { ReconcileTap } from '../operations/reconcile-tap.js';
import { ProjectChoice } from '../organizations/project-choice.js';
import { CONFIG, type Config } from '../tokens.js';
import { audit } from '../viewer/audit.js';
import { Tenancy } from '../viewer/tenancy.js';
import type { Viewer } from '../viewer/viewer.js';
import { rangeUpTo } from './export-range.js';
import { type CreateExportInput, createExportSchema, type Export } from './exports.model.js';
import * as repository from './exports.repository.js';

@Injectable()
export class ExportsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly tenancy: Tenancy,
    private readonly choice: ProjectChoice,
    private readonly envelope: Envelope,
    private readonly tap: ReconcileTap,
  ) {}

  /** Whether this installation makes any. */
  get permission(): Permission {
    if (this.config.ROOKERY_EXPORTS !== undefined) return allowed;
    return { allowed: false, reason: 'This installation has no place for exports; its operator can set ROOKERY_EXPORTS.' };
  }

  async find(viewer: Viewer, id: string): Promise<Export | null> {
    const row = await this.tenancy.read(viewer, 'export', id, (tx, organizationId) => repository.findExport(tx, organizationId, id));
    return row && this.toExport(row);
  }

  /** Of an organization, or of the viewer's only one. */
  async list(viewer: Viewer, wished: string | null | undefined, page: Page): Promise<Connection<Export>> {
    const organizationId = await this.choice.organization(viewer, wished, ['organizationId']);
    const { rows, totalCount } = await this.tenancy.in(organizationId, (tx) => repository.listExports(tx, organizationId, page));
    return connectionFrom(
      rows.map((row) => this.toExport(row)),
      page,
      totalCount,
    );
  }

  async create(viewer: Viewer, given: CreateExportInput): Promise<{ export: Export }> {
    const input = parseInput(createExportSchema, given);
    const organizationId = await this.choice.organization(viewer, input.organizationId, ['input', 'organizationId']);
    if (!this.permission.allowed) throw new AppError('EXPORTS_OFF');
    const request = { organizationId, mutation: 'createExport', key: input.idempotencyKey, input };
    const made = await this.tenancy.in(organizationId, async (tx) => {
      const { resourceId } = await createOnce(tx, this.envelope, request, async () => {
        const { kind } = input;
        const { from, to } = rangeUpTo(new Date(), input);
        const open = await repository.countOpenExports(tx, organizationId);
        if (open >= EXPORTS_OPEN_MAX) throw new AppError('EXPORTS_BUSY', { details: { limit: EXPORTS_OPEN_MAX, used: open } });
        const id = newId('export');
        await repository.insertExport(tx, { organizationId, id, kind, from, to, requestedBy: viewer.label });
        await audit(tx, viewer, organizationId, { action: 'createExport', subject: id, after: { kind, from, to } });
        return { resourceId: id };
      });
      return (await repository.findExport(tx, organizationId, resourceId))!;
    });
    await this.tap.tapExports();
    return { export: this.toExport(made) };
  }

  private toExport(row: repository.ExportRow): Export {
    const state = stateOf(row);
    const downloadUrl = state === 'READY' ? `${this.config.PUBLIC_URL.replace(/\/$/, '')}/exports/${row.id}/download` : null;
    return { ...row, state, downloadUrl };
  }
}

/** One whose time is over is not offered any more, also before the worker has removed it. */
export function stateOf({ state, expiresAt }: Pick<repository.ExportRow, 'state' | 'expiresAt'>, now = new Date()) {
  return state === 'READY' && expiresAt! <= now ? 'EXPIRED' : state;
}
