/** JSON objects, one per line, over a stream socket: the form of every control socket on a machine. */
import type { Socket } from 'node:net';

export interface JsonLinesOptions {
  /** A longer line ends the connection. */
  lineBytesMax: number;
  onMessage(message: unknown): void;
  /** A line that is too long or is no JSON; the connection is destroyed afterwards. */
  onFault(reason: string): void;
}

/** Reads lines from `socket` until it closes. */
export function readJsonLines(socket: Socket, options: JsonLinesOptions): void {
  let pieces: Buffer[] = [];
  let held = 0;
  const fault = (reason: string) => {
    options.onFault(reason);
    socket.destroy();
  };
  socket.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1 && !socket.destroyed; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      const line = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      pieces = [];
      held = 0;
      start = end + 1;
      let message: unknown;
      try {
        message = JSON.parse(line.toString('utf8'));
      } catch {
        return fault('a line is no JSON');
      }
      options.onMessage(message);
    }
    if (start < chunk.length) {
      pieces.push(chunk.subarray(start));
      held += chunk.length - start;
      if (held > options.lineBytesMax) fault(`a line is longer than ${options.lineBytesMax} bytes`);
    }
  });
}

export function writeJsonLine(socket: Socket, message: unknown): void {
  if (!socket.destroyed && socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}
