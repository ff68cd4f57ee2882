/**
 * Lets so many runtimes start at a time; a hundred at once take turns instead of starving each other. Organizations take
 * turns too, so that one that starts hundreds does not keep another waiting. Whoever had clients goes first.
 */
interface Waiting {
  enter(): void;
}

export class Gate {
  private inside = 0;
  private readonly urgent: Waiting[] = [];
  /** In the order in which they come next. */
  private readonly lines = new Map<string, Waiting[]>();

  constructor(private readonly max: number) {}

  async run<T>(organizationId: string, urgent: boolean, work: () => Promise<T>): Promise<T> {
    if (this.inside < this.max) this.inside++;
    else await new Promise<void>((enter) => this.line(organizationId, urgent).push({ enter }));
    try {
      return await work();
    } finally {
      const next = this.next();
      if (next === undefined) this.inside--;
      else next.enter();
    }
  }

  private line(organizationId: string, urgent: boolean): Waiting[] {
    if (urgent) return this.urgent;
    let line = this.lines.get(organizationId);
    if (line === undefined) this.lines.set(organizationId, (line = []));
    return line;
  }

  private next(): Waiting | undefined {
    const first = this.urgent.shift();
    if (first !== undefined) return first;
    for (const [organizationId, line] of this.lines) {
      const next = line.shift();
      // Behind all others now.
      this.lines.delete(organizationId);
      if (line.length > 0) this.lines.set(organizationId, line);
      if (next !== undefined) return next;
    }
    return undefined;
  }
}
