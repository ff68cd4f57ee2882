/** Relay connections: one class pair per node type, and one way to page. */
import type { Type } from '@nestjs/common';
import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { type IdKind, idSchema } from '@rookery/contracts/ids';
import { AppError } from '@rookery/service-kit/errors';

@ObjectType()
export class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean;
  @Field(() => Boolean) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true }) startCursor!: string | null;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

interface Edge<T> {
  cursor: string;
  node: T;
}

export interface Connection<T> {
  edges: Edge<T>[];
  nodes: T[];
  pageInfo: PageInfo;
  totalCount: number;
}

/** The classes `<name>Edge` and `<name>Connection` of a node type. */
export function connectionOf<T>(node: Type<T>, name: string): Type<Connection<T>> {
  @ObjectType(`${name}Edge`)
  class NodeEdge {
    @Field(() => String) cursor!: string;
    @Field(() => node) node!: T;
  }
  @ObjectType(`${name}Connection`, { isAbstract: true })
  class NodeConnection {
    @Field(() => [NodeEdge]) edges!: NodeEdge[];
    @Field(() => [node]) nodes!: T[];
    @Field(() => PageInfo) pageInfo!: PageInfo;
    @Field(() => Int) totalCount!: number;
  }
  return NodeConnection as Type<Connection<T>>;
}

const FIRST_MAX = 100;
const FIRST_DEFAULT = 50;

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 50 }) first?: number | null;
  @Field(() => String, { nullable: true }) after?: string | null;
}

@ArgsType()
export class SearchPageArgs extends PageArgs {
  @Field(() => String, { nullable: true }) search?: string | null;
}

@ArgsType()
export class ShortPageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20 }) first?: number | null;
  @Field(() => String, { nullable: true }) after?: string | null;
}

/** A page asked for: how many, and after which id (ids grow with time, so they are the order). */
export interface Page {
  first: number;
  after: string | null;
}

/** A cursor names an id of the list's own kind; anything else was not made by us. */
export function pageOf(kind: IdKind, args: { first?: number | null; after?: string | null }): Page {
  const first = pageSize(args.first);
  if (args.after === undefined || args.after === null) return { first, after: null };
  const after = Buffer.from(args.after, 'base64url').toString('utf8');
  if (!idSchema(kind).safeParse(after).success)
    throw new AppError('BAD_REQUEST', { message: 'after is no cursor of this list', path: ['after'] });
  return { first, after };
}

export function pageSize(first: number | null | undefined): number {
  const wished = first ?? FIRST_DEFAULT;
  if (wished >= 1 && wished <= FIRST_MAX) return wished;
  throw new AppError('BAD_REQUEST', { message: `first must be between 1 and ${FIRST_MAX}`, path: ['first'] });
}

/** Builds a connection from up to `first + 1` rows. */
export function connectionFrom<T extends { id: string }>(rows: readonly T[], page: Page, totalCount: number): Connection<T> {
  const nodes = rows.slice(0, page.first);
  const edges = nodes.map((node) => ({ cursor: cursorOf(node.id), node }));
  return {
    edges,
    nodes,
    totalCount,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function cursorOf(id: string): string {
  return Buffer.from(id).toString('base64url');
}
