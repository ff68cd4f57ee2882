import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError } from './config.js';
import { loadConfig } from './load-config.js';
import { motoForTests } from './test-support/moto.js';

const moto = await motoForTests();
const schema = z.object({ API_DATABASE_URL: z.url(), SESSION_SECRET: z.string().min(16), ROOKERY_PORT: z.coerce.number().default(8080) });
const MISSING = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rookery/none-abcdef';

describe('a setting that names a secret of AWS', () => {
  it.each(['aws-secret:', 'aws-secret:rookery/api', 'aws-secret:arn:aws:s3:::bucket', `aws-secret:${MISSING}#`])(
    '%s is refused with what it must look like, and no call is made',
    async (value) => {
      await expect(loadConfig(schema, { API_DATABASE_URL: value, SESSION_SECRET: 'x'.repeat(16) })).rejects.toThrow(
        /1 fault:\n {2}API_DATABASE_URL: must be aws-secret: and the ARN of a secret/,
      );
    },
  );
});

describe.skipIf(moto === null)('secrets of AWS Secrets Manager', () => {
  let whole: string;
  let json: string;
  const make = async (client: SecretsManagerClient, Name: string, SecretString: string) =>
    (await client.send(new CreateSecretCommand({ Name, SecretString }))).ARN!;

  beforeAll(async () => {
    const client = new SecretsManagerClient();
    whole = await make(client, 'rookery/session', 'a secret of sixteen and more');
    json = await make(client, 'rookery/database', JSON.stringify({ url: 'postgres://api:hidden@db/rookery', port: 9090, list: [] }));
  });
  afterAll(() => moto!.stop());

  it('stand for a whole value, or for one field of it', async () => {
    const given = {
      API_DATABASE_URL: `aws-secret:${json}#url`,
      SESSION_SECRET: `aws-secret:${whole}`,
      ROOKERY_PORT: `aws-secret:${json}#port`,
    };
    expect(await loadConfig(schema, given)).toEqual({
      API_DATABASE_URL: 'postgres://api:hidden@db/rookery',
      SESSION_SECRET: 'a secret of sixteen and more',
      ROOKERY_PORT: 9090,
    });
  });

  it('that cannot be had are all named at once with the reason, and no value is told', async () => {
    const given = {
      API_DATABASE_URL: `aws-secret:${json}#adress`,
      SESSION_SECRET: `aws-secret:${MISSING}`,
      ROOKERY_PORT: `aws-secret:${whole}#port`,
    };
    const error = await loadConfig(schema, given).then(
      () => null,
      (reason: unknown) => reason as ConfigError,
    );
    expect(error).toBeInstanceOf(ConfigError);
    expect(error!.faults).toEqual([
      `API_DATABASE_URL: the secret ${json} has no field adress that is text or a number`,
      expect.stringContaining(`SESSION_SECRET: AWS Secrets Manager refuses ${MISSING}: ResourceNotFoundException`),
      `ROOKERY_PORT: the secret ${whole} is no JSON, so it has no field port`,
    ]);
    expect(error!.message).not.toMatch(/hidden|sixteen/);
  });
});
