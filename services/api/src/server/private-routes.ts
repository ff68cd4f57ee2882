import type { IncomingMessage, ServerResponse } from 'node:http';

/** One call of the private listener, or of the door for machines. */
interface PrivateCall {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** What the `*` of the route stands for. */
  rest: string;
  /** The machine whose certificate came with the call; null on the private listener, where all are trusted. */
  certified: string | null;
  /** The body; refused when it is longer than `bytesMax`, or no JSON. */
  json: (bytesMax?: number) => Promise<unknown>;
}

/** Status and body; null when the route answers by itself. */
type PrivateAnswer = readonly [status: number, body?: unknown] | null;

export type PrivateRoute = readonly [method: 'GET' | 'POST', path: string, answer: (call: PrivateCall) => Promise<PrivateAnswer>];
