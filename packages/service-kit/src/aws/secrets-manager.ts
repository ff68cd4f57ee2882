/** Secrets of AWS Secrets Manager. The SDK is loaded at the first call: who uses none does not pay for it. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export interface SecretFacts {
  arn: string;
  tags: ReadonlyMap<string, string>;
  /** Deleted, and kept for some days so that it can be brought back. */
  deleted: boolean;
}

/** By name or ARN. Null: there is none. */
export async function describeSecret(region: string, id: string): Promise<SecretFacts | null> {
  const { DescribeSecretCommand } = await import('@aws-sdk/client-secrets-manager');
  return withClient(region, async (client) => {
    const { ARN, Tags, DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: id }));
    return { arn: ARN!, tags: new Map((Tags ?? []).map(({ Key, Value }) => [Key!, Value!])), deleted: DeletedDate !== undefined };
  }).catch(nothingThere);
}

/** Its newest value. Throws with the reason of AWS. */
export async function readSecret(region: string, id: string): Promise<string> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  return withClient(region, async (client) => {
    const { SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    return SecretString ?? Buffer.from(SecretBinary!).toString('utf8');
  });
}

/** A new value. */
export async function writeSecret(region: string, id: string, value: string): Promise<void> {
  const { PutSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  await withClient(region, (client) => client.send(new PutSecretValueCommand({ SecretId: id, SecretString: value })));
}

/** At once and for good; does nothing where there is none. */
export async function removeSecret(region: string, id: string): Promise<void> {
  const { DeleteSecretCommand } = await import('@aws-sdk/client-secrets-manager');
  await withClient(region, (client) => client.send(new DeleteSecretCommand({ SecretId: id, ForceDeleteWithoutRecovery: true }))).catch(
    nothingThere,
  );
}

function nothingThere(error: Error): null {
  if (error.name === 'ResourceNotFoundException') return null;
  throw error;
}

async function withClient<T>(region: string, call: (client: SecretsManagerClient) => Promise<T>): Promise<T> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({ region, requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000 } });
  try {
    return await call(client);
  } finally {
    client.destroy();
  }
}
