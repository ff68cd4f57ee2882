/**
 * `rookery-machine`, the command of a machine image. Owns: settings and secrets of the two services, and where systemd does
 * not run their supervision. Never: talks to the api (the agent does that), keeps anything that the two need to go on.
 *
 * `rookery-machine join --url URL --region R --cell C --token T [--domain D] [--host H]` writes the settings and starts.
 * `rookery-machine secret ARN` fetches join token, certificate and address from AWS Secrets Manager by the machine's role.
 * `rookery-machine start` starts edge and agent: by systemd, or by itself in the foreground.
 */
import { runMain } from '@rookery/service-kit/config';
import { joinByHand } from './machine-command/join-by-hand.js';
import { fetchSecret } from './machine-command/secret.js';
import { start } from './machine-command/start.js';

const USAGE = `Usage: rookery-machine join --url URL --region R --cell C --token T [--domain D] [--host H]
       rookery-machine secret ARN
       rookery-machine start`;

runMain(async () => {
  const [verb, ...words] = process.argv.slice(2);
  if (verb === 'secret' && words.length === 1) return fetchSecret(words[0]!);
  if (verb === 'start' && words.length === 0) return start();
  if (verb === 'join' && joinByHand(words)) return start();
  console.error(USAGE);
  process.exitCode = 2;
});
