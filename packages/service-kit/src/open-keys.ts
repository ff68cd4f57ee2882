/** The installation's keys from its settings: a file, a value, or AWS KMS. */
import { z } from 'zod';
import { areKeys, KeyRing, type KeySource, parseKeys } from './key-ring.js';
import { KmsRing, type WrappedKeyStore } from './kms-ring.js';

const KMS_KEY = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

/** `kms:<arn>`, or several with commas between them. Gives the ARNs. */
const kmsKeys = z.string().transform((text, context) => {
  const arns = text.replace(/^kms:/, '').split(',');
  if (text.startsWith('kms:') && arns.every((arn) => KMS_KEY.test(arn))) return arns;
  context.addIssue(
    'must be kms: and the ARN of a KMS key, such as kms:arn:aws:kms:eu-central-1:123456789012:key/…; older ones follow after commas',
  );
  return z.NEVER;
});

/** The settings, for the schema of every process that opens sealed secrets. */
export const keySettings = {
  KEK: z.string().refine(areKeys, 'must be keys of 32 bytes in base64').optional(),
  KEK_FILE: z.string().min(1).optional(),
  ROOKERY_KEK: kmsKeys.optional(),
  ROOKERY_INSTALLATION: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes and underscores')
    .default('rookery'),
};
export type KeySettings = z.infer<z.ZodObject<typeof keySettings>>;

export interface OpenKeys {
  keys: KeySource;
  close(): void;
}

/** Null: no key is set. Throws ConfigError where KMS does not give the keys. */
export async function openKeys(
  { KEK, KEK_FILE, ROOKERY_KEK, ROOKERY_INSTALLATION }: KeySettings,
  store: WrappedKeyStore,
  onError: (error: Error) => void,
): Promise<OpenKeys | null> {
  const given = KEK_FILE !== undefined ? KeyRing.fromFile(KEK_FILE) : KEK !== undefined ? KeyRing.of(parseKeys(KEK)) : null;
  if (ROOKERY_KEK !== undefined) {
    const ring = await KmsRing.open({ arns: ROOKERY_KEK, installation: ROOKERY_INSTALLATION, store, older: given, onError });
    return { keys: ring, close: () => ring.close() };
  }
  return given === null ? null : { keys: given, close: () => {} };
}
