/**
 * What was published, what was acknowledged, and what each subscriber has seen of it. Every publisher counts its messages
 * on one topic, so one number per publisher says everything: what comes next, what was lost, what came twice.
 */

/** `exactly`: the subscriber sees each message once (QoS 2 all the way); `atLeast`: again is allowed, a gap is not. */
export type Promised = 'exactly' | 'atLeast';

export class Reader {
  /** By publisher: the number that must come next. */
  readonly next: number[];
  repeated = 0;

  readonly name: string;
  private readonly ledger: Ledger;
  /** What is promised for messages of a publisher. */
  private readonly promised: (publisher: number) => Promised;

  constructor(name: string, publishers: number, ledger: Ledger, promised: (publisher: number) => Promised) {
    this.name = name;
    this.ledger = ledger;
    this.promised = promised;
    this.next = Array.from({ length: publishers }, () => 0);
  }

  take(payload: string): void {
    const [publisher = Number.NaN, number = Number.NaN] = payload.split(':', 2).map(Number);
    if (payload !== payloadOf(publisher, number)) return this.ledger.fault(`${this.name} got ${JSON.stringify(payload.slice(0, 40))}`);
    const due = this.next[publisher]!;
    if (number === due) {
      this.next[publisher] = due + 1;
      return;
    }
    if (number > due) {
      this.ledger.fault(`${this.name}: publisher ${publisher} jumped from ${due - 1} to ${number} (lost, or out of order)`);
      this.next[publisher] = number + 1;
      return;
    }
    this.repeated++;
    if (this.promised(publisher) === 'exactly') this.ledger.doubled.push(`${this.name}: ${publisher}:${number} again, ${due} was due`);
  }

  /** Messages that were acknowledged to their publishers and are not here. */
  missing(): number {
    return this.ledger.acknowledged.reduce((sum, acknowledged, publisher) => sum + Math.max(0, acknowledged - this.next[publisher]!), 0);
  }
}

export class Ledger {
  /** By publisher: how many messages were given to the client library. */
  readonly published: number[];
  /** By publisher: messages below this number are all acknowledged. */
  readonly acknowledged: number[];
  /** By publisher: acknowledged before one with a lower number. */
  private readonly early: Set<number>[];
  readonly readers: Reader[] = [];
  readonly doubled: string[] = [];
  readonly faults: string[] = [];
  /** By topic: the retained message that must be there; '' = cleared. */
  readonly retained = new Map<string, string>();

  constructor(publishers: number) {
    this.published = Array.from({ length: publishers }, () => 0);
    this.acknowledged = Array.from({ length: publishers }, () => 0);
    this.early = Array.from({ length: publishers }, () => new Set());
  }

  reader(name: string, promised: (publisher: number) => Promised): Reader {
    const reader = new Reader(name, this.published.length, this, promised);
    this.readers.push(reader);
    return reader;
  }

  acknowledge(publisher: number, number: number): void {
    const early = this.early[publisher]!;
    early.add(number);
    while (early.delete(this.acknowledged[publisher]!)) this.acknowledged[publisher]!++;
  }

  fault(words: string): void {
    this.faults.push(words);
  }

  get acknowledgedTotal(): number {
    return this.acknowledged.reduce((sum, count) => sum + count, 0);
  }

  get repeatedTotal(): number {
    return this.readers.reduce((sum, { repeated }) => sum + repeated, 0);
  }

  /** What a new subscriber of all retained topics must be sent, compared with what it was sent. */
  compareRetained(got: ReadonlyMap<string, string>): void {
    for (const [topic, wanted] of this.retained) {
      const found = got.get(topic) ?? '';
      if (found !== wanted) this.fault(`retained ${topic} is ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
    }
    for (const topic of got.keys()) if (!this.retained.has(topic)) this.fault(`retained ${topic} was never published`);
  }
}

/** The bytes that message `number` of a publisher has: its name, and a filler of its own length and letter. */
export function payloadOf(publisher: number, number: number): string {
  return `${publisher}:${number}:${String.fromCharCode(97 + (number % 26)).repeat((number * 37 + publisher) % 400)}`;
}
