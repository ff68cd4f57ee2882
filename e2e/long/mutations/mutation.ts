/** One line of the broker made wrong, and the statement that is broken by it. */
export interface Mutation {
  /** As tests cite it. */
  id: string;
  file: string;
  /** Stands in the file exactly once. */
  from: string;
  to: string;
}
