/** What a machine proves itself with, in AGENT_HOME, readable by the agent alone. */
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '@rookery/service-kit/files';
import { makeMachineKey } from './machine-key.js';

/** PEM each. Key and certificate are one file, so that they always belong together. */
export interface Identity {
  privateKey: string;
  certificate: string;
  authority: string;
}

export function readIdentity(home: string): Identity | null {
  const file = join(home, 'identity.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Identity) : null;
}

export function saveIdentity(home: string, identity: Identity): void {
  writeDurably(join(home, 'identity.json'), JSON.stringify(identity));
  rmSync(join(home, 'enrolment.key'), { force: true });
}

/** The key that the machine enrols with: kept until that is done, for only with it a lost answer may be asked for again. */
export function enrolmentKey(home: string): string {
  const file = join(home, 'enrolment.key');
  if (!existsSync(file)) writeDurably(file, makeMachineKey());
  return readFileSync(file, 'utf8');
}

export function lifeOf({ certificate }: Pick<Identity, 'certificate'>): { from: number; to: number } {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return { from: Date.parse(validFrom), to: Date.parse(validTo) };
}

/** SHA-256 of an authority's public key, base64url: what the second half of a token says. */
export function pinOf(authority: string): string {
  const spki = new X509Certificate(authority).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64url');
}
