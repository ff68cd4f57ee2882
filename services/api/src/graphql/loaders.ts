/** Batches what lists would otherwise ask row by row. They keep nothing: a subscription lives as long as its socket. */
import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { Operation } from '../operations/operations.model.js';
import { OperationsService } from '../operations/operations.service.js';
import type { Project } from '../organizations/organizations.model.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import type { Region } from '../plans/plans.model.js';
import { PlansService } from '../plans/plans.service.js';

type InProject = { organizationId: string; projectId: string };
type InOrganization = { organizationId: string; id: string };

export interface Loaders {
  project: DataLoader<InProject, Project>;
  openOperation: DataLoader<InOrganization, Operation | null>;
  region: DataLoader<string, Region | null>;
}

@Injectable()
export class LoadersFactory {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly operations: OperationsService,
    private readonly plans: PlansService,
  ) {}

  make(): Loaders {
    return {
      project: new DataLoader((keys: readonly InProject[]) => this.organizations.projectsOf(keys), { cache: false }),
      openOperation: new DataLoader((keys: readonly InOrganization[]) => this.operations.openOf(keys), { cache: false }),
      region: new DataLoader(
        async (ids: readonly string[]) => {
          const known = new Map((await this.plans.regions()).map((region) => [region.id, region]));
          return ids.map((id) => known.get(id) ?? null);
        },
        { cache: false },
      ),
    };
  }
}
