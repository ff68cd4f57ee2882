/** Eclipse Paho for Go: paho.mqtt.golang for MQTT 3.1.1, paho.golang for MQTT 5. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from '../../scripts/lib/paths.ts';
import { runStep } from '../../scripts/lib/run-step.ts';
import { isInstalled } from '../support/clients.ts';
import { once, ProcessDriver } from './process-driver.ts';

const GO = ['/usr/local/go/bin/go', '/usr/lib/go/bin/go'].find((file) => existsSync(file)) ?? (isInstalled('go') ? 'go' : null);

export class GoDriver extends ProcessDriver {
  readonly missing = GO === null ? 'go is not installed' : null;
  /** Built once for all places. */
  private static readonly binary = once(async () => {
    const binary = join(mkdtempSync(join(tmpdir(), 'rookery-go-')), 'client');
    const built = await runStep(GO!, ['build', '-o', binary, '.'], { cwd: inRoot('e2e/matrix/go') });
    if (!built.ok) throw new Error(`the Go client cannot be built: ${built.output}`);
    return binary;
  });

  protected async prepare() {
    return { file: await GoDriver.binary(), args: [], cwd: tmpdir() };
  }
}
