/**
 * Loaded into a runtime under test (`--import`): measures each turn of the event loop in processor time of its thread, so
 * that other programs on the machine do not count, and prints the longest since the last question on SIGUSR2.
 */
let longest = 0;
let before = used();

function used(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function turn(): void {
  const now = used();
  longest = Math.max(longest, now - before);
  before = now;
  setImmediate(turn);
}

process.on('SIGUSR2', () => {
  process.stdout.write(`longest turn: ${longest} us\n`);
  longest = 0;
});
setImmediate(turn);
