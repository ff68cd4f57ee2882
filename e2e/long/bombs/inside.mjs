/**
 * What a runtime does once it was taken over: this stands beside its bundle and is loaded by it, so it runs as the tenant's
 * process in its sandbox, as its user, in its control group. It waits for a file in its data folder that names what to do, and
 * goes on for as long as the file is there. What it reached is written beside it, where room was taken before.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const MIB = 2 ** 20;
/** So that the machine survives what nothing refuses. */
const PROCESSES_MAX = 1_000;
const MEMORY_BYTES_MAX = 6 * 2 ** 30;
const DISK_BYTES_MAX = 8 * 2 ** 30;

const folder = process.argv[process.argv.indexOf('--data') + 1];
const order = join(folder, 'order');
const goesOn = () => existsSync(order);

let page;
function reached(facts) {
  writeSync(page, JSON.stringify(facts).padEnd(4096), 0);
}

const ORDERS = {
  /** Knocks at every door of the list beside the order; says what each answered: `open`, or the error. */
  walls: async () => {
    const doors = JSON.parse(readFileSync(join(folder, 'doors'), 'utf8'));
    const answers = [];
    for (const door of doors) answers.push(door.file === undefined ? await knock(door) : read(door.file));
    reached({ answers });
  },
  /** As many as are let stand still until nothing more is let; then each turns without end, and more are tried all the time. */
  fork: () => {
    const spin = 'kill -STOP $$; while [ -e "$1" ]; do i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; done';
    let [started, refused] = [0, 0];
    const children = [];
    const more = (count) => {
      for (let i = 0; i < count && started < PROCESSES_MAX; i++) {
        const child = spawn('/bin/sh', ['-c', spin, 'sh', order], { stdio: 'ignore', detached: true });
        child.once('spawn', () => children.push(child.pid) && started++);
        child.once('error', () => refused++);
      }
    };
    const go = () => {
      for (const pid of children) process.kill(pid, 'SIGCONT');
      if (!goesOn()) return;
      reached({ started, refused });
      more(5);
      setTimeout(go, 100);
    };
    more(150);
    setTimeout(() => (reached({ started, refused }), go()), 300);
  },
  memory: () => {
    const held = [];
    for (let bytes = 0; bytes < MEMORY_BYTES_MAX; bytes += 16 * MIB) {
      if (held.length % 4 === 0) reached({ bytes });
      held.push(Buffer.alloc(16 * MIB, 1));
    }
  },
  disk: () => {
    const block = Buffer.alloc(4 * MIB, 1);
    let [bytes, files] = [0, 0];
    const errors = new Set();
    // Room that is only reserved is room that others do not have.
    const reserved = spawnSync('fallocate', ['-l', String(4 * 2 ** 30), join(folder, 'bomb-reserved')], { encoding: 'utf8' });
    reached({ bytes, reserved: reserved.status === 0 ? 4 * 2 ** 30 : 0, errors: [reserved.stderr] });
    for (let failures = 0; failures < 5 && bytes < DISK_BYTES_MAX; files++) {
      const fd = openSync(join(folder, `bomb-${files}`), 'w');
      try {
        while (bytes < DISK_BYTES_MAX) bytes += writeSync(fd, block);
      } catch (error) {
        errors.add(error.code);
        if (error.code !== 'EFBIG') failures++;
      }
      closeSync(fd);
      reached({ bytes, errors: [...errors] });
    }
  },
};

function knock(door) {
  return new Promise((answer) => {
    const socket = connect({ ...door, timeout: 2_000 }, () => (answer('open'), socket.destroy()));
    socket.on('error', ({ code }) => answer(code));
    socket.on('timeout', () => (answer('TIMEOUT'), socket.destroy()));
  });
}

function read(file) {
  try {
    closeSync(openSync(file, 'r'));
    return 'open';
  } catch ({ code }) {
    return code;
  }
}

let begun = false;
setInterval(() => {
  if (!begun && goesOn()) {
    begun = true;
    page = openSync(join(folder, 'reached'), 'w');
    reached({});
    ORDERS[readFileSync(order, 'utf8').trim()]();
  } else if (begun && !goesOn()) begun = false;
}, 50).unref();
