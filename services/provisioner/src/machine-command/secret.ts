/**
 * Reads the machine's secret from AWS Secrets Manager: JSON with `joinToken`, and optionally `controlPlane` (https://…) and
 * `certificate` and `privateKey` of the domain (PEM). A machine that has joined does not need it to go on: then one failure
 * is only told. Before that it waits, since an operator may fill the secret later.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { messageOf } from '@rookery/service-kit/errors';
import { writeDurably } from '@rookery/service-kit/files';
import { z } from 'zod';
import { PLACES } from './places.js';

const WAIT_MS = 5_000;
const CONNECT_MS = 3_000;
const ANSWER_MS = 10_000;

const secretSchema = z
  .object({
    joinToken: z.string().min(1).optional(),
    controlPlane: z.url({ protocol: /^https$/ }).optional(),
    certificate: z.string().includes('BEGIN CERTIFICATE').optional(),
    privateKey: z.string().includes('PRIVATE KEY').optional(),
  })
  .refine(
    ({ certificate, privateKey }) => (certificate === undefined) === (privateKey === undefined),
    'needs certificate and privateKey, or neither',
  );
type Secret = z.infer<typeof secretSchema>;

export async function fetchSecret(arn: string): Promise<void> {
  const region = arn.split(':')[3];
  if (region === undefined || region === '') throw new Error(`"${arn}" is no ARN of a secret`);
  const client = new SecretsManagerClient({
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS },
  });
  const joined = existsSync(join(PLACES.home, 'identity.json'));
  for (let said = ''; ; ) {
    try {
      return keep(await read(client, arn), joined);
    } catch (error) {
      const why = `The secret ${arn} cannot be used: ${messageOf(error)}`;
      if (joined) return console.error(`${why}. This machine has joined already and goes on with what it has.`);
      if (why !== said) console.error(`${why}. Trying again until it can.`);
      said = why;
      await sleep(WAIT_MS);
    }
  }
}

async function read(client: SecretsManagerClient, arn: string): Promise<Secret> {
  const { SecretString: text = '' } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  const parsed = secretSchema.safeParse(jsonIn(text));
  // Its content is never told, only its shape.
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '));
  return parsed.data;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is no JSON');
  }
}

function keep(secret: Secret, joined: boolean): void {
  const settings: Record<string, string> = {};
  if (secret.controlPlane !== undefined) settings['API_MACHINES_URL'] = secret.controlPlane;
  if (secret.certificate !== undefined && secret.privateKey !== undefined) {
    settings['ROOKERY_TLS_CERT'] = join(PLACES.tls, 'certificate.pem');
    settings['ROOKERY_TLS_KEY'] = join(PLACES.tls, 'private-key.pem');
    writeDurably(settings['ROOKERY_TLS_CERT'], secret.certificate);
    writeDurably(settings['ROOKERY_TLS_KEY'], secret.privateKey);
  }
  writeDurably(PLACES.secretSettingsFile, settingsText(settings));
  // A token that was used is worth nothing; one for a machine that cannot come in any more is put there by hand.
  if (joined) rmSync(PLACES.tokenFile, { force: true });
  else if (secret.joinToken !== undefined) writeDurably(PLACES.tokenFile, secret.joinToken);
  else throw new Error('joinToken is missing');
}

/** As systemd and the supervisor read it. */
export function settingsText(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
