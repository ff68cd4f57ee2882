/** Places in the checkout. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const BIN = join(ROOT, 'node_modules', '.bin');
export const NODE = join(BIN, 'node');

export function inRoot(...parts: string[]): string {
  return join(ROOT, ...parts);
}
