/** `operator.js drift`: one comparison now, with what it found and did. */
import { InstallationKeys } from '@rookery/db/installation-keys';
import { openDatabase } from '@rookery/db/pool';
import { readConfig } from '@rookery/service-kit/config';
import { Envelope } from '@rookery/service-kit/envelope';
import { createLogger } from '@rookery/service-kit/log';
import { keySettings, openKeys } from '@rookery/service-kit/open-keys';
import { z } from 'zod';
import { Comparison } from '../drift/comparison.js';
import { configSchema as workerSchema } from '../worker/config.js';
import { stacksOf } from '../worker/stacks.js';

const { PROVISIONER_DATABASE_URL, DOCKER_HOST, TERRAFORM_BIN, TERRAFORM_SOURCE, TERRAFORM_HOME, ROOKERY_INSTALLATION, ROOKERY_BUCKET } =
  workerSchema.shape;
const configSchema = z.object({
  ...keySettings,
  PROVISIONER_DATABASE_URL,
  DOCKER_HOST,
  TERRAFORM_BIN,
  TERRAFORM_SOURCE,
  TERRAFORM_HOME,
  ROOKERY_INSTALLATION,
  ROOKERY_BUCKET,
});

export async function driftCommand(): Promise<void> {
  const config = readConfig(configSchema, process.env);
  const db = openDatabase(config.PROVISIONER_DATABASE_URL, { applicationName: 'rookery-operator', connectionsMax: 4, onError: () => {} });
  const opened = await openKeys(config, new InstallationKeys(db), () => {});
  try {
    const stacks = stacksOf(config, db, opened === null ? null : new Envelope(opened.keys));
    if (stacks.docker === null) console.log('Containers are not compared: that needs DOCKER_HOST, TERRAFORM_HOME and the keys.');
    const { drift, orphans } = await new Comparison(db, stacks, createLogger('operator', 'error')).run();
    for (const { deploymentId, drift: found, healed } of drift)
      console.log(`${deploymentId} ${[found.kind, ...found.attributes].join(' ')}: ${healed ? 'a repair was asked for' : 'shown only'}`);
    for (const { id, deploymentId, reason, removed } of orphans)
      console.log(`container ${id.slice(0, 12)} (${deploymentId || 'no deployment'}) ${removed ? 'removed' : 'left alone'}: ${reason}`);
    if (drift.length + orphans.length === 0) console.log('All is as it was made.');
  } finally {
    opened?.close();
    await db.$client.end();
  }
}
