/**
 * The places of one worker: an organization gets most of them and never all, however much it wants. What is claimed in a
 * hurry is under way for seconds; a run of Terraform may take minutes, and would else keep every place.
 */
import type { Claim } from './claims.repository.js';

export class Places {
  private readonly taken = new Map<string, number>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly ofOneMax: number) {}

  /** Claims with `claim`, which is told the organizations that have no place left. One at a time, so that each counts. */
  async take(claim: (full: readonly string[]) => Promise<Claim | null>): Promise<Claim | null> {
    const mine = this.turn.then(async () => {
      const claimed = await claim([...this.taken].flatMap(([id, count]) => (count >= this.ofOneMax ? [id] : [])));
      if (claimed !== null) this.count(claimed.organizationId, 1);
      return claimed;
    });
    this.turn = mine.catch(() => {});
    return mine;
  }

  free({ organizationId }: Claim): void {
    this.count(organizationId, -1);
  }

  private count(organizationId: string, change: number): void {
    const count = (this.taken.get(organizationId) ?? 0) + change;
    if (count === 0) this.taken.delete(organizationId);
    else this.taken.set(organizationId, count);
  }
}
