/** A load balancer that sends every request to the next api, so that nothing can live in one api's memory unnoticed. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';

export async function roundRobin(port: number, upstreams: readonly number[]): Promise<Server> {
  let turn = 0;
  const next = () => upstreams[turn++ % upstreams.length]!;
  const server = createServer((incoming, outgoing) => {
    const forwarded = request(
      { host: '127.0.0.1', port: next(), method: incoming.method, path: incoming.url, headers: incoming.headers, agent: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.once('error', () => outgoing.writeHead(502).end());
    incoming.pipe(forwarded);
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
    const upstream = connect(next(), '127.0.0.1', () => {
      const lines = Array.from(
        { length: incoming.rawHeaders.length / 2 },
        (_, i) => `${incoming.rawHeaders[i * 2]}: ${incoming.rawHeaders[i * 2 + 1]}`,
      );
      upstream.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) end.on('error', () => [socket, upstream].forEach((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
