/** The log of the runtime: one JSON object per line on stdout, at most so many lines a second; what is left out is counted. */
const LINES_PER_SECOND_MAX = 20;

export interface ClientEvent {
  clientId: string;
  remoteAddress: string | null;
  what: string;
  reasonCode: number;
}

export class Journal {
  private second = 0;
  private lines = 0;
  private leftOut = 0;

  constructor(
    private readonly write: (line: string) => void,
    private readonly now: () => number,
  ) {}

  /** Why a client was refused or sent away. */
  note({ clientId, remoteAddress, what, reasonCode }: ClientEvent): void {
    const second = Math.floor(this.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.lines = 0;
    }
    if (++this.lines > LINES_PER_SECOND_MAX) {
      this.leftOut++;
      return;
    }
    this.print('info', what, { clientId, remoteAddress, reasonCode, ...(this.leftOut > 0 && { leftOut: this.leftOut }) });
    this.leftOut = 0;
  }

  error(error: Error): void {
    this.print('error', error.message, { stack: error.stack });
  }

  private print(level: string, msg: string, fields: object): void {
    this.write(`${JSON.stringify({ level, time: new Date(this.now()).toISOString(), service: 'broker-runtime', msg, ...fields })}\n`);
  }
}
