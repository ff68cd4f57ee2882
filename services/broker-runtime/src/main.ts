/** Entry: reads the command line, starts the runtime, and turns signals and failures into exit codes. */
import { type Flags, HELP, readFlags } from './flags.js';
import { Runtime } from './runtime.js';
import { Journal } from './telemetry/journal.js';

const journal = new Journal((line) => process.stdout.write(line), Date.now);

try {
  const flags = readFlags(process.argv.slice(2), process.env.STORE_URL);
  if (flags === 'help') {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const runtime = await Runtime.start(flags, journal, () => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void runtime.stop());
  if (!flags.awaitPolicy) process.stdout.write(`Rookery broker listens on ${runtime.addresses.join(' and ')} (${describe(flags)})\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit((error as { exitCode?: number }).exitCode ?? 1);
}

// A bug in one packet's path must not end everybody's connection without a trace; it is a bug all the same.
process.on('uncaughtException', (error) => {
  journal.error(error);
  process.exit(70);
});

function describe({ dataFolder, redis }: Flags): string {
  if (redis !== null) return `shared over Redis at ${redis.host}:${redis.port}`;
  return dataFolder === null ? 'in memory' : `data in ${dataFolder}`;
}
