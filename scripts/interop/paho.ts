/**
 * The Paho interoperability suites (eclipse/paho.mqtt.testing), run from a temporary copy with two repairs:
 *  1. Its MQTT 5 codec refuses a SUBACK whose reason code is not 0, 1, 2 or 0x80, which ends the suite's receiving thread
 *     and with it most tests that follow. MQTT 5.0 §3.9.3 knows twelve codes, so all of them are let through.
 *  2. `test_subscribe_failure` wants 0x80 from MQTT 3.1.1 for a subscription that is not allowed, where MQTT 5.0 has 0x87
 *     (Not authorized); the repaired test wants any code of failure.
 */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep } from '../lib/run-step.ts';
import type { Figures } from './sequences.ts';
import { SuiteRuntime } from './runtime.ts';

/** What the suites ask of a broker. The rule is exact (`eq`): a plain one would also refuse the `+/+` of other tests. */
const POLICY = {
  allowAnonymous: true,
  accessRules: [{ effect: 'deny', action: 'subscribe', topic: 'eq test/nosubscribe', subject: 'all' }],
  connack: { keepAliveSecondsMax: 60, topicAliasMaximum: 10, receiveMaximum: 20 },
};

const REPAIRS = [
  {
    file: 'mqtt/formats/MQTTV5/MQTTV5.py',
    from: /in \[0, 1, 2, 0x80\], "\[MQTT5-3\.9\.3-2\]/,
    to: 'in [0, 1, 2, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2], "[MQTT5-3.9.3-2]',
  },
  { file: 'client_test5.py', from: /subscribeds\[0\]\[1\]\[0\]\.value == 0x80/, to: 'subscribeds[0][1][0].value >= 0x80' },
];

export async function runPaho(suites: string, script: 'client_test.py' | 'client_test5.py', edge: boolean): Promise<Figures> {
  const folder = repaired(join(suites, 'paho.mqtt.testing/interoperability'));
  const runtime = await SuiteRuntime.start(POLICY, edge);
  const { output } = await runStep('python3', ['-c', START, script, '-p', String(runtime.port)], { cwd: folder });
  const exits = runtime.hasExited ? 1 : 0;
  await runtime.stop();
  return { ...readUnittest(output), exits };
}

/** Both suites hand their own options on to Python's unittest, which knows none of them. */
const START = `
import runpy, sys, unittest
sys.argv = sys.argv[1:]
real = unittest.main
def main():
    del sys.argv[1:]
    real()
unittest.main = main
runpy.run_path(sys.argv[0], run_name='__main__')
`;

function repaired(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'rookery-paho-'));
  cpSync(folder, copy, { recursive: true });
  for (const { file, from, to } of REPAIRS) {
    const text = readFileSync(join(copy, file), 'utf8');
    if (!from.test(text)) throw new Error(`${file} of the Paho suite is not as expected: nothing matches ${from}`);
    writeFileSync(join(copy, file), text.replace(from, to));
  }
  return copy;
}

/** The last words of Python's unittest. */
function readUnittest(output: string): Omit<Figures, 'exits'> {
  const total = Number(/^Ran (\d+) tests/m.exec(output)?.[1] ?? 0);
  const failures = [...output.matchAll(/^(?:FAIL|ERROR): (\w+)[^\n]*\n[\s\S]*?\n(\w*(?:Error|Exception)[^\n]*)/gm)].map(
    ([, name, words]) => `${name}: ${words}`,
  );
  if (total === 0) failures.push(output.slice(-2_000));
  return { passed: Math.max(0, total - failures.length), total, failures };
}
