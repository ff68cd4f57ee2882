/** A set of values under topic filters. Filters without wildcards are one hash look-up; the others are a tree by level. */
export interface TreeOptions {
  separator?: string;
  wildcardOne?: string;
  wildcardSome?: string;
  /** Whether the one-level wildcard matches an empty level [MQTT-4.7.1-3]. */
  matchEmptyLevels?: boolean;
}

class Node<T> {
  readonly children = new Map<string, Node<T>>();
  readonly values = new Set<T>();
}

export class TopicTree<T> {
  readonly separator: string;
  private readonly one: string;
  private readonly some: string;
  private readonly emptyLevels: boolean;
  private readonly exact = new Map<string, Set<T>>();
  private readonly root = new Node<T>();

  constructor(options: TreeOptions = {}) {
    this.separator = options.separator ?? '/';
    this.one = options.wildcardOne ?? '+';
    this.some = options.wildcardSome ?? '#';
    this.emptyLevels = options.matchEmptyLevels ?? true;
  }

  isExact(filter: string): boolean {
    return !filter.includes(this.one) && !filter.includes(this.some);
  }

  add(filter: string, value: T): void {
    if (this.isExact(filter)) {
      const found = this.exact.get(filter);
      if (found === undefined) this.exact.set(filter, new Set([value]));
      else found.add(value);
      return;
    }
    let node = this.root;
    for (const level of filter.split(this.separator)) {
      let child = node.children.get(level);
      if (child === undefined) node.children.set(level, (child = new Node()));
      node = child;
    }
    node.values.add(value);
  }

  /** Empty nodes go with their last value, so that the tree never remembers who was there. */
  remove(filter: string, value: T): void {
    if (this.isExact(filter)) {
      const found = this.exact.get(filter);
      found?.delete(value);
      if (found?.size === 0) this.exact.delete(filter);
      return;
    }
    this.prune(this.root, filter.split(this.separator), 0, value);
  }

  valuesAt(filter: string): Iterable<T> {
    if (this.isExact(filter)) return this.exact.get(filter) ?? [];
    let node: Node<T> | undefined = this.root;
    for (const level of filter.split(this.separator)) node = node?.children.get(level);
    return node?.values ?? [];
  }

  /** Calls `visit` for each value whose filter matches the topic; wildcards at the first level skip `$` topics [MQTT-4.7.2-1]. */
  match(topic: string, visit: (value: T) => void): void {
    if (this.root.children.size > 0) this.walk(this.root, topic.split(this.separator), 0, visit);
    const found = this.exact.get(topic);
    if (found !== undefined) for (const value of found) visit(value);
  }

  private walk(node: Node<T>, levels: readonly string[], at: number, visit: (value: T) => void): void {
    const level = levels[at];
    const wild = at > 0 || !level!.startsWith('$');
    const some = wild ? node.children.get(this.some) : undefined;
    if (some !== undefined) for (const value of some.values) visit(value);
    if (level === undefined) {
      for (const value of node.values) visit(value);
      return;
    }
    const one = wild && (level !== '' || this.emptyLevels) ? node.children.get(this.one) : undefined;
    if (one !== undefined) this.walk(one, levels, at + 1, visit);
    const named = node.children.get(level);
    if (named !== undefined) this.walk(named, levels, at + 1, visit);
  }

  private prune(node: Node<T>, levels: readonly string[], at: number, value: T): void {
    if (at === levels.length) {
      node.values.delete(value);
      return;
    }
    const child = node.children.get(levels[at]!);
    if (child === undefined) return;
    this.prune(child, levels, at + 1, value);
    if (child.values.size === 0 && child.children.size === 0) node.children.delete(levels[at]!);
  }
}
