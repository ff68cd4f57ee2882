/**
 * Places at which a test can have the worker die as by `kill -9`. A file names the place; it is removed first, so that
 * each death is died once. Without that file, which nobody but a test makes, nothing happens here.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';

export type Failpoint =
  | 'claimed'
  | 'placed'
  | 'configured'
  | 'before-apply'
  | 'applying'
  | 'state-saved'
  | 'applied'
  | 'token-written'
  | 'stack-noted'
  | 'before-destroy'
  | 'destroying'
  | 'destroyed'
  | 'folder-removed'
  | 'released'
  | 'operation-ended'
  | 'export-claimed'
  | 'exporting'
  | 'export-written';

let armed: string | undefined;

export function armFailpoints(file: string | undefined): void {
  armed = file;
}

/** Does not return where this place is named. */
export function failpoint(name: Failpoint): void {
  if (armed === undefined || !existsSync(armed) || readFileSync(armed, 'utf8').trim() !== name) return;
  rmSync(armed);
  process.kill(process.pid, 'SIGKILL');
}
