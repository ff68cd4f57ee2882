/** Run by `walls`, in a network of its own. */
import { lookAround } from './walls.ts';

await lookAround(console.log);
