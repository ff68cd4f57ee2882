/** `--policy FILE`: a policy document written by hand. Plain passwords are hashed here, and nothing later sees them. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import { readPolicyDocument } from '@rookery/policy/read-document';
import { hashSecret } from '../access/credentials.js';
import { UsageError } from '../usage-error.js';

export function readPolicyFile(path: string): PolicyDocument {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`--policy ${path}: ${(error as Error).message}. Give a JSON file that this user may read.`);
  }
  const read = readPolicyDocument(parsed);
  if (!read.ok) {
    const faults = read.faults.map((fault) => `  ${fault}`);
    throw new UsageError(
      `--policy ${path} is not a valid policy:\n${faults.join('\n')}\nCorrect the fields that are named and start again.`,
    );
  }
  return withHashes(read.document, path);
}

function withHashes(document: PolicyDocument, path: string): PolicyDocument {
  if (document.pepper === undefined && document.credentials.some(({ secretHash }) => secretHash !== undefined))
    throw new UsageError(`--policy ${path}: credentials with a secretHash need the document's pepper. Add it, or give plain passwords.`);
  const pepper = document.pepper ?? randomBytes(32).toString('base64url');
  const credentials = document.credentials.map(({ username, secretHash, password = '' }) => ({
    username,
    secretHash: secretHash ?? `hmac-sha256:${hashSecret(Buffer.from(pepper, 'base64url'), password).toString('base64url')}`,
  }));
  return { ...document, pepper, credentials };
}
