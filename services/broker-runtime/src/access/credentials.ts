/** Who may connect: user name and secret against the policy's credentials. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PolicyDocument } from '@rookery/contracts/policy-document';
import { ReasonCode } from '@rookery/mqtt-codec/reason-codes';

const HASH_PREFIX = 'hmac-sha256:';

export function hashSecret(pepper: Buffer, secret: string | Uint8Array): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}

export class Credentials {
  private readonly hashes = new Map<string, Buffer>();
  private readonly pepper: Buffer;
  private readonly allowAnonymous: boolean;
  /** Compared with where the user name is unknown, so that the answer takes the same time. */
  private readonly nobody = Buffer.alloc(32);

  constructor(document: Pick<PolicyDocument, 'credentials' | 'pepper' | 'allowAnonymous'>) {
    this.allowAnonymous = document.allowAnonymous;
    this.pepper = Buffer.from(document.pepper ?? '', 'base64url');
    for (const { username, secretHash = '' } of document.credentials)
      this.hashes.set(username, Buffer.from(secretHash.slice(HASH_PREFIX.length), 'base64url'));
  }

  /** The reason code to answer with; success lets the client in. */
  check(username: string | null, password: Uint8Array | null): number {
    if (username === null) return this.allowAnonymous && password === null ? ReasonCode.SUCCESS : ReasonCode.NOT_AUTHORIZED;
    if (this.allowAnonymous && this.hashes.size === 0) return ReasonCode.SUCCESS;
    const expected = this.hashes.get(username);
    const given = hashSecret(this.pepper, password ?? '');
    const equal = timingSafeEqual(given, expected ?? this.nobody);
    return equal && expected !== undefined && password !== null ? ReasonCode.SUCCESS : ReasonCode.BAD_USER_NAME_OR_PASSWORD;
  }

  /** Whether a client that once came in with this user name would still find its credential unchanged. */
  isSameAs(earlier: Credentials, username: string | null): boolean {
    if (username === null) return this.allowAnonymous;
    const before = earlier.hashes.get(username);
    const now = this.hashes.get(username);
    if (now === undefined) return before === undefined && this.allowAnonymous && this.hashes.size === 0;
    // With another pepper the hashes cannot be compared; the credential is there, so the client may stay.
    return before === undefined || !this.pepper.equals(earlier.pepper) || now.equals(before);
  }
}
