/**
 * The operator's command.
 * `operator.js stack dep_… state list` opens the sealed state of a deployment's stack and runs `terraform state list` (or
 * `show …`) on a copy of it. Reads only; PROVISIONER_DATABASE_URL and the keys as for the worker.
 * `operator.js keys rotate` makes a new key of the installation and seals everything anew with it; `keys retire` takes the
 * older ones out once nothing needs them. DATABASE_URL (owner), and KEK_FILE or ROOKERY_KEK.
 * `operator.js scale [api=3] [worker=2]` shows and changes the tasks of the control plane on ECS: ROOKERY_ECS_CLUSTER.
 * `operator.js mail test|invite you@example.com` has an api send a mail: API_PRIVATE_URL.
 * `operator.js machine token|list|revoke` lets machines in and shuts them out, through an api: API_PRIVATE_URL.
 * `operator.js drift` compares now what was made with what is there, and puts right what the worker would. Settings as for it.
 */
import { runMain } from '@rookery/service-kit/config';
import { driftCommand } from './operator/drift.js';
import { keysCommand } from './operator/keys.js';
import { MACHINE_USAGE, machineCommand } from './operator/machine.js';
import { MAIL_USAGE, mailCommand } from './operator/mail.js';
import { SCALE_USAGE, scaleCommand } from './operator/scale.js';
import { stackCommand } from './operator/stack.js';

const USAGE =
  'Usage: npm run operator -- stack dep_… state list|show [address]\n       npm run operator -- keys rotate|retire\n       npm run operator -- drift\n       ' +
  `${MACHINE_USAGE}\n       ${MAIL_USAGE}\n       ${SCALE_USAGE}`;
const READING = ['list', 'show'];

runMain(async () => {
  const [what, second = '', noun, ...words] = process.argv.slice(2);
  if (what === 'keys' && (second === 'rotate' || second === 'retire')) await keysCommand(second);
  else if (what === 'mail' && ['test', 'invite'].includes(second) && noun !== undefined) process.exitCode = await mailCommand(second, noun);
  else if (what === 'scale') process.exitCode = await scaleCommand(process.argv.slice(3));
  else if (what === 'machine') process.exitCode = await machineCommand(process.argv.slice(3));
  else if (what === 'stack' && noun === 'state' && READING.includes(words[0] ?? '')) process.exitCode = await stackCommand(second, words);
  else if (what === 'drift') await driftCommand();
  else {
    console.error(USAGE);
    process.exitCode = 2;
  }
});
