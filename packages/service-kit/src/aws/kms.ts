/** Data keys of AWS KMS. The SDK is loaded at the first call: who uses no KMS does not pay for it. */
import type { KMSClient } from '@aws-sdk/client-kms';

/** What a wrapped key is bound to; KMS unwraps it under the same words only, and writes them into its log. */
export type EncryptionContext = Readonly<Record<string, string>>;

export interface DataKey {
  /** 32 bytes. */
  key: Buffer;
  /** The same key, encrypted by KMS. */
  wrapped: Buffer;
}

const ATTEMPTS = 3;
const CONNECT_MS_MAX = 2_000;
const ANSWER_MS_MAX = 5_000;

/** A new key, made and wrapped by the KMS key of this ARN. Throws with the reason that KMS gave. */
export async function generateDataKey(arn: string, context: EncryptionContext): Promise<DataKey> {
  const { GenerateDataKeyCommand } = await import('@aws-sdk/client-kms');
  const made = await withClient(arn, (client) =>
    client.send(new GenerateDataKeyCommand({ KeyId: arn, KeySpec: 'AES_256', EncryptionContext: { ...context } })),
  );
  return { key: Buffer.from(made.Plaintext!), wrapped: Buffer.from(made.CiphertextBlob!) };
}

/** Throws where it was wrapped by another key or under another context, or where KMS refuses or does not answer. */
export async function unwrapDataKey(arn: string, wrapped: Buffer, context: EncryptionContext): Promise<Buffer> {
  const { DecryptCommand } = await import('@aws-sdk/client-kms');
  const opened = await withClient(arn, (client) =>
    client.send(new DecryptCommand({ KeyId: arn, CiphertextBlob: wrapped, EncryptionContext: { ...context } })),
  );
  return Buffer.from(opened.Plaintext!);
}

/** Calls are rare (a few per start and per rotation), so no client is kept. */
async function withClient<T>(arn: string, call: (client: KMSClient) => Promise<T>): Promise<T> {
  const { KMSClient } = await import('@aws-sdk/client-kms');
  const requestHandler = { connectionTimeout: CONNECT_MS_MAX, requestTimeout: ANSWER_MS_MAX };
  const client = new KMSClient({ region: regionOf(arn), maxAttempts: ATTEMPTS, requestHandler });
  try {
    return await call(client);
  } catch (error) {
    throw new Error(`AWS KMS refuses ${arn}: ${reasonOf(error)}`, { cause: error });
  } finally {
    client.destroy();
  }
}

/** `arn:aws:kms:eu-central-1:…` */
function regionOf(arn: string): string {
  return arn.split(':')[3]!;
}

function reasonOf(error: unknown): string {
  const { name, message } = error as Error;
  return message === '' || message === 'UnknownError' ? name : `${name}: ${message}`;
}
