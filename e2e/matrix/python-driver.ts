/** Eclipse Paho for Python, in a virtual environment of its own. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from '../../scripts/lib/paths.ts';
import { runStep } from '../../scripts/lib/run-step.ts';
import { isInstalled } from '../support/clients.ts';
import { once, ProcessDriver } from './process-driver.ts';

const PACKAGE = 'paho-mqtt==2.1.0';

export class PythonDriver extends ProcessDriver {
  readonly missing = isInstalled('python3') ? null : 'python3 is not installed';
  /** Installed once for all places. */
  private static readonly venv = once(async () => {
    const venv = mkdtempSync(join(tmpdir(), 'rookery-paho-'));
    const made = await runStep('python3', ['-m', 'venv', venv]);
    const got = made.ok ? await runStep(join(venv, 'bin/pip'), ['install', '-q', PACKAGE]) : made;
    if (!got.ok) throw new Error(`${PACKAGE} cannot be installed: ${got.output}`);
    return venv;
  });

  protected async prepare() {
    const venv = await PythonDriver.venv();
    return { file: join(venv, 'bin/python'), args: [inRoot('e2e/matrix/client.py')], cwd: venv };
  }
}
