/** What every client library of the matrix can be told to do, whatever language it is written in. */
export type Transport = 'tcp' | 'tls' | 'ws' | 'wss';

export interface Endpoint {
  transport: Transport;
  host: string;
  port: number;
  path: string;
  /** PEM file of the authority that signed the server's certificate. */
  caFile: string;
}

export interface Message {
  topic: string;
  payload: string;
  qos: 0 | 1 | 2;
  retain: boolean;
  /** MQTT 5, where the library shows them. */
  userProperties?: Record<string, string>;
  responseTopic?: string;
}

export interface Command {
  op: 'connect' | 'subscribe' | 'unsubscribe' | 'publish' | 'receive' | 'disconnect' | 'cut';
  client: string;
  endpoint?: Endpoint;
  version?: 4 | 5;
  id?: string;
  username?: string;
  password?: string;
  clean?: boolean;
  will?: Message;
  filter?: string;
  noLocal?: boolean;
  message?: Message;
  timeoutMs?: number;
}

/** `error`: the broker, or the library, refused. */
export interface Answer {
  error?: string;
  sessionPresent?: boolean;
  /** Null when nothing came in time. */
  message?: Message | null;
}

export interface Driver {
  /** Why this library cannot be tested here; null when it can. */
  readonly missing: string | null;
  /** Whether it speaks over this transport. */
  supports(transport: Transport): boolean;
  /** Which features it has no way to ask for. */
  readonly lacks: readonly string[];
  start(): Promise<void>;
  run(command: Command): Promise<Answer>;
  stop(): Promise<void>;
}
