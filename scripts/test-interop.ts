/**
 * `npm run test:interop [paho-3 | paho-5 | sequences] [--edge]`: suites that others wrote, against our runtime. They are not part of
 * this repository: SUITES_DIR names a folder with copies of eclipse/paho.mqtt.testing (as `paho.mqtt.testing`) and
 * eclipse-mosquitto/mosquitto (as `mosquitto`). See docs/how-to/run-foreign-suites.md.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildAll } from './build.ts';
import { runPaho } from './interop/paho.ts';
import { type Figures, runSequences } from './interop/sequences.ts';

interface Suite {
  title: string;
  /** `edge`: through one. */
  run(suites: string, edge: boolean): Promise<Figures>;
  /** Fewer passed than this is a failure. */
  bar: number;
}

const SUITES: Record<string, Suite> = {
  'paho-3': { title: 'Paho interoperability, MQTT 3.1.1', run: (suites, edge) => runPaho(suites, 'client_test.py', edge), bar: 10 },
  'paho-5': { title: 'Paho interoperability, MQTT 5.0', run: (suites, edge) => runPaho(suites, 'client_test5.py', edge), bar: 27 },
  sequences: { title: 'mosquitto packet sequences', run: runSequences, bar: 1_750 },
};

const suites = process.env.SUITES_DIR === undefined ? null : resolve(process.env.INIT_CWD ?? '.', process.env.SUITES_DIR);
if (suites === null || !existsSync(suites)) {
  console.error('Set SUITES_DIR to a folder that holds copies of the suites; docs/how-to/run-foreign-suites.md says which.');
  process.exit(2);
}
const named = process.argv.slice(2).filter((argument) => argument !== '--edge');
const chosen = named.length > 0 ? named : Object.keys(SUITES);
await buildAll((line) => console.log(line), ['broker runtime', 'edge']);
let failed = 0;
for (const name of chosen) {
  const suite = SUITES[name];
  if (suite === undefined) throw new Error(`There is no suite ${name}. Choose from ${Object.keys(SUITES).join(', ')}.`);
  const { passed, total, exits, failures } = await suite.run(suites, process.argv.includes('--edge'));
  for (const failure of failures) console.log(`  not passed  ${failure}`);
  const ok = passed >= suite.bar && exits === 0;
  if (!ok) failed++;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${suite.title}: ${passed} of ${total} (bar ${suite.bar}), ${exits} exits of the broker`);
}
process.exit(failed > 0 ? 1 : 0);
