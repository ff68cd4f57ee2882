/**
 * Lets so many runtimes start at a time; a hundred at once take turns instead of starving each other. Organizations take
 * turns too, and none takes all places: whoever starts hundreds keeps nobody else waiting. Whoever had clients goes first.
 */
interface Waiting {
  organizationId: string;
  enter(): void;
}

export class Gate {
  private inside = 0;
  private readonly insideOf = new Map<string, number>();
  private readonly urgent: Waiting[] = [];
  /** In the order in which they come next. */
  private readonly lines = new Map<string, Waiting[]>();

  /** `maxOfOne`: places of one organization, unless what it starts is urgent. */
  constructor(
    private readonly max: number,
    private readonly maxOfOne = max,
  ) {}

  async run<T>(organizationId: string, urgent: boolean, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.line(organizationId, urgent).push({ organizationId, enter });
      this.admit();
    });
    try {
      return await work();
    } finally {
      this.inside--;
      this.count(organizationId, -1);
      this.admit();
    }
  }

  private admit(): void {
    while (this.inside < this.max) {
      const next = this.next();
      if (next === undefined) return;
      this.inside++;
      this.count(next.organizationId, 1);
      next.enter();
    }
  }

  private count(organizationId: string, change: number): void {
    const count = (this.insideOf.get(organizationId) ?? 0) + change;
    if (count === 0) this.insideOf.delete(organizationId);
    else this.insideOf.set(organizationId, count);
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
      if ((this.insideOf.get(organizationId) ?? 0) >= this.maxOfOne) continue;
      const next = line.shift();
      // Behind all others now.
      this.lines.delete(organizationId);
      if (line.length > 0) this.lines.set(organizationId, line);
      return next;
    }
    return undefined;
  }
}
