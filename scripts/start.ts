/** `npm start`: builds what is missing and runs the whole system until Ctrl-C. */
import { buildAll } from './build.ts';

await buildAll((line) => console.log(line)).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
await import('./launcher/main.ts');
