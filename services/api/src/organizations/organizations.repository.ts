import { memberships, organizations, people, projects } from '@rookery/db/schema/organizations';
import type { OrganizationTx, PersonTx } from '@rookery/db/transactions';
import { and, asc, count, eq, gt, inArray } from 'drizzle-orm';
import type { Page } from '../graphql/connection.js';

export type OrganizationRow = typeof organizations.$inferSelect;
export type ProjectRow = typeof projects.$inferSelect;
export type PersonRow = typeof people.$inferSelect;

export async function findOrganization(tx: OrganizationTx, id: string): Promise<OrganizationRow | null> {
  const [row] = await tx.select().from(organizations).where(eq(organizations.id, id));
  return row ?? null;
}

export async function findPerson(tx: PersonTx, id: string): Promise<PersonRow | null> {
  const [row] = await tx.select().from(people).where(eq(people.id, id));
  return row ?? null;
}

export async function findProjects(tx: OrganizationTx, organizationId: string, ids: readonly string[]): Promise<ProjectRow[]> {
  return tx
    .select()
    .from(projects)
    .where(and(eq(projects.organizationId, organizationId), inArray(projects.id, [...ids])));
}

export async function listProjects(tx: OrganizationTx, organizationId: string, page: Page) {
  const scope = eq(projects.organizationId, organizationId);
  const after = page.after === null ? undefined : gt(projects.id, page.after);
  const rows = await tx
    .select()
    .from(projects)
    .where(and(scope, after))
    .orderBy(asc(projects.id))
    .limit(page.first + 1);
  const [total] = await tx.select({ count: count() }).from(projects).where(scope);
  return { rows, totalCount: total!.count };
}

export async function insertProject(tx: OrganizationTx, row: typeof projects.$inferInsert): Promise<void> {
  await tx.insert(projects).values(row);
}

export async function insertOrganization(tx: OrganizationTx, row: typeof organizations.$inferInsert, personId: string): Promise<void> {
  await tx.insert(organizations).values(row);
  await tx.insert(memberships).values({ organizationId: row.id, personId });
}
