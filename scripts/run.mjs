// `node scripts/run.mjs <verb> …` runs scripts/<verb>.ts under the pinned Node, after installing what is missing.
import { runPinned } from './install.mjs';

const [verb, ...args] = process.argv.slice(2);
process.exit(await runPinned(`${verb}.ts`, args));
