/** The machine's one event stream: opens it, parses it, opens it again where it left off. */
import type { IncomingMessage } from 'node:http';
import { MACHINE_EVENTS, type MachineEvent, type MachineEventName, STREAM_COMMENT_MS } from '@rookery/contracts/machine-protocol';
import type { Logger } from '@rookery/service-kit/log';
import { type ApiClient, ApiRefusal } from './api-client.js';

export type StreamHandlers = { [N in MachineEventName]: (event: MachineEvent<N>) => void };

/** Silence longer than this means the stream is dead, whatever TCP says. */
const SILENCE_MS = STREAM_COMMENT_MS * 2.5;
/** Short: until the stream is back, nothing new reaches this machine. */
const RECONNECT_MS_MAX = 1_000;
/** What is refused will most likely be refused again. */
const REFUSED_MS = 3_000;

export class MachineStream {
  connected = false;
  private cursor: string | null = null;
  private stopped = false;
  private response: IncomingMessage | null = null;

  constructor(
    private readonly api: ApiClient,
    private readonly machineId: string,
    private readonly handlers: StreamHandlers,
    private readonly log: Logger,
  ) {}

  /** Runs until {@link stop}. */
  async run(): Promise<void> {
    let wait = 50;
    while (!this.stopped) {
      try {
        this.response = await this.api.stream(
          `/agent/stream?machineId=${this.machineId}`,
          this.cursor === null ? {} : { 'last-event-id': this.cursor },
        );
        this.connected = true;
        wait = 50;
        await this.read(this.response);
      } catch (error) {
        if (!this.stopped) this.log.warn({ err: error }, 'the machine stream broke');
        if (error instanceof ApiRefusal) wait = REFUSED_MS;
      }
      this.connected = false;
      if (this.stopped) return;
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
      wait = Math.min(wait * 2, RECONNECT_MS_MAX);
    }
  }

  stop(): void {
    this.stopped = true;
    this.response?.destroy();
  }

  private async read(response: IncomingMessage): Promise<void> {
    let rest = '';
    response.setEncoding('utf8');
    response.setTimeout(SILENCE_MS, () => response.destroy(new Error('the stream fell silent')));
    for await (const chunk of response) {
      rest += chunk as string;
      for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
        this.dispatch(rest.slice(0, end));
        rest = rest.slice(end + 2);
      }
    }
  }

  private dispatch(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart());
    }
    const name = fields.get('event') as MachineEventName | undefined;
    if (name === undefined || !(name in MACHINE_EVENTS)) return;
    const parsed = MACHINE_EVENTS[name].safeParse(JSON.parse(fields.get('data') ?? 'null'));
    if (!parsed.success) {
      this.log.error({ event: name, issues: parsed.error.issues.slice(0, 3) }, 'an event of the stream is not understood');
      return;
    }
    if (name === 'reset') this.cursor = null;
    (this.handlers[name] as (event: unknown) => void)(parsed.data);
    const id = fields.get('id');
    if (id !== undefined && id !== '') this.cursor = id;
  }
}
