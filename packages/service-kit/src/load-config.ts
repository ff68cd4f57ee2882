/**
 * Configuration of the processes that may get their secrets from AWS Secrets Manager. Apart from config.ts, so that what is
 * bundled for machines does not carry the SDK.
 */
import type { z } from 'zod';
import { readSecret } from './aws/secrets-manager.js';
import { type Environment, parseConfig, readValues } from './config.js';

const SECRET_PREFIX = 'aws-secret:';
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:(?<region>[a-z0-9-]+):\d{12}:secret:.+$/;

/**
 * As {@link readConfig}, for processes that may get their secrets from AWS Secrets Manager: a value
 * `aws-secret:<arn>[#field]` stands for the secret of that ARN, or for one field of it where it is JSON.
 */
export async function loadConfig<S extends z.ZodObject>(schema: S, environment: Environment): Promise<z.infer<S>> {
  const faults: string[] = [];
  const given = readValues(schema, environment, faults);
  const known = new Map<string, Promise<string>>();
  for (const [name, value] of Object.entries(given)) {
    if (!value.startsWith(SECRET_PREFIX)) continue;
    try {
      given[name] = await fetchSecret(value, known);
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`);
      delete given[name];
    }
  }
  return parseConfig(schema, given, faults);
}

/** Each secret is fetched once, however many of its fields are asked for. Errors never hold a value. */
async function fetchSecret(reference: string, known: Map<string, Promise<string>>): Promise<string> {
  const [arn = '', field] = reference.slice(SECRET_PREFIX.length).split('#', 2);
  const region = SECRET_ARN.exec(arn)?.groups?.['region'];
  if (region === undefined || field === '')
    throw new Error(
      'must be aws-secret: and the ARN of a secret, such as aws-secret:arn:aws:secretsmanager:eu-central-1:123456789012:secret:…#field',
    );
  const fetched = known.get(arn) ?? readSecret(region, arn);
  known.set(arn, fetched);
  const text = await fetched.catch((error: Error) => {
    throw new Error(`AWS Secrets Manager refuses ${arn}: ${error.name}: ${error.message}`);
  });
  return field === undefined ? text : fieldOf(text, field, arn);
}

function fieldOf(text: string, field: string, arn: string): string {
  let value: unknown;
  try {
    value = (JSON.parse(text) as Record<string, unknown>)[field];
  } catch {
    throw new Error(`the secret ${arn} is no JSON, so it has no field ${field}`);
  }
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`the secret ${arn} has no field ${field} that is text or a number`);
}
