/** Last step of `docker compose up`: prints the one-use link with which the operator signs up, while there is nobody. */
import { request } from 'node:http';

const [socketPath = '', publicUrl = ''] = process.argv.slice(2);
const outgoing = request(
  { socketPath, path: '/internal/setup-links', method: 'POST', headers: { 'content-type': 'application/json' } },
  (response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => (body += chunk.toString()));
    response.on('end', () => {
      if (response.statusCode === 201)
        console.log(
          `\nSign up as operator (once, within an hour):\n  ${publicUrl}/sign-up?setup=${(JSON.parse(body) as { token: string }).token}\n`,
        );
      else console.log(`Rookery is at ${publicUrl}`);
    });
  },
);
outgoing.once('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
outgoing.end('{}');
