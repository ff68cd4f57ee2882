/**
 * Between a machine and the api's door for machines: TLS with a certificate of the installation's machine CA.
 *
 * `GET /machines/authority` gives the CA in PEM; whoever has a token compares it with the token's second half before
 * sending anything. `POST /machines/enrol` takes a token and a certificate request, and gives a certificate for 24 hours.
 * `POST /machines/renew` takes another request from whoever has a certificate. With one, the routes of machine-protocol.ts
 * are open too; there the certificate says which machine speaks, whatever the body says.
 */
import { z } from 'zod';
import { idSchema } from './ids.js';
import { joinRequestSchema } from './machine-protocol.js';

/** The name in the door's certificate: one for every installation, so an address or a load balancer may change. */
export const DOOR_NAME = 'machines.rookery.internal';

export const CERTIFICATE_SECONDS_DEFAULT = 86_400;
export const TOKEN_SECONDS_DEFAULT = 3_600;
export const TOKEN_SECONDS_MAX = 7 * 86_400;

/** `rkj_<256 random bits>.<SHA-256 of the CA's public key>`, both in base64url. */
const TOKEN = /^(rkj_[A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;

/** The two halves of a token; null for other text. Only the first is a secret. */
export function readToken(text: string): { secret: string; authorityPin: string } | null {
  const [, secret, authorityPin] = TOKEN.exec(text.trim()) ?? [];
  return secret === undefined || authorityPin === undefined ? null : { secret, authorityPin };
}

const certificateRequest = z.string().max(16_384, 'must have at most 16384 characters');

export const enrolRequestSchema = z.object({
  token: z.string().max(256),
  /** PKCS#10, PEM. What it wishes for beside its key is ignored. */
  csr: certificateRequest,
  join: joinRequestSchema,
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

export const renewRequestSchema = z.object({ csr: certificateRequest });

const issued = {
  /** PEM, the machine's own. */
  certificate: z.string(),
  /** PEM of the CA. */
  authority: z.string(),
  expiresAt: z.string(),
};
export const renewResponseSchema = z.object(issued);
export type RenewResponse = z.infer<typeof renewResponseSchema>;
export const enrolResponseSchema = z.object({ machineId: idSchema('machine'), cellId: idSchema('cell'), ...issued });
export type EnrolResponse = z.infer<typeof enrolResponseSchema>;
