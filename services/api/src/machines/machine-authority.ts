/**
 * The machine CA of the installation: signs the certificates of machines (a day) and of the door that they come in by.
 * Made once, by whichever api is first; its key lies sealed in the database, so that all apis share it. Nobody else
 * trusts it: tenants' certificates come from another.
 */
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { Inject, Injectable } from '@nestjs/common';
import { DOOR_NAME } from '@rookery/contracts/machine-door';
import type { Database } from '@rookery/db/pool';
import { machineAuthority } from '@rookery/db/schema/machines';
import { ALGORITHM, makeAuthority, makeKeys, privateKeyPem, signLeaf } from '@rookery/service-kit/certificates';
import { Envelope, type Place } from '@rookery/service-kit/envelope';
import { CONFIG, type Config, DATABASE } from '../tokens.js';

const DAY_SECONDS = 86_400;
const AUTHORITY_SECONDS = 3_650 * DAY_SECONDS;
const DOOR_SECONDS = 90 * DAY_SECONDS;
/** Clocks of machines that have just started are a little late. A tenth of a short life at most: renewal goes by the life. */
const BACKDATE_MS_MAX = 300_000;
/** The only row. */
const ID = 'machines';
/** Belongs to the installation, not to an organization. */
const AUTHORITY_PLACE: Place = { organizationId: '', table: 'machine_authority', row: ID, field: 'sealed_key' };

export interface Issued {
  /** PEM. */
  certificate: string;
  expiresAt: Date;
}

interface Opened {
  pem: string;
  certificate: X509Certificate;
  issuer: x509.X509Certificate;
  key: webcrypto.CryptoKey;
}

@Injectable()
export class MachineAuthority {
  private opened: Promise<Opened> | null = null;

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    @Inject(CONFIG) private readonly config: Config,
    private readonly envelope: Envelope,
  ) {}

  /** Its certificate, PEM; the authority is made where there is none. */
  async certificate(): Promise<string> {
    return (await this.open()).pem;
  }

  /** A machine's certificate: CN is its id, the serial number of the subject the epoch. `key`: SubjectPublicKeyInfo. */
  certify(machineId: string, epoch: number, key: Buffer): Promise<Issued> {
    return this.issue(
      key,
      `CN=${machineId},2.5.4.5=${epoch}`,
      this.config.API_MACHINE_CERTIFICATE_SECONDS,
      x509.ExtendedKeyUsage.clientAuth,
      [machineId],
    );
  }

  /** A new key and certificate for a door that is reached by `hosts`; PEM. */
  async door(hosts: readonly string[]): Promise<Issued & { key: string }> {
    const keys = await makeKeys();
    const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
    const names = [...new Set([DOOR_NAME, ...hosts])];
    const issued = await this.issue(spki, `CN=${DOOR_NAME}`, DOOR_SECONDS, x509.ExtendedKeyUsage.serverAuth, names);
    return { ...issued, key: await privateKeyPem(keys.privateKey) };
  }

  /** Whether this authority has signed it, for a machine, and it is of now; else why not. */
  async faultOf(certificate: X509Certificate): Promise<string | null> {
    const authority = (await this.open()).certificate;
    const ours = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
    if (!ours) return 'Another authority has signed it.';
    if (!certificate.keyUsage?.includes(x509.ExtendedKeyUsage.clientAuth)) return 'It is not the certificate of a machine.';
    if (Date.parse(certificate.validFrom) > Date.now()) return `It is valid from ${certificate.validFrom} only.`;
    return Date.parse(certificate.validTo) <= Date.now() ? `It has run out: it was valid until ${certificate.validTo}.` : null;
  }

  private open(): Promise<Opened> {
    this.opened ??= this.load().catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }

  private async load(): Promise<Opened> {
    const [found] = await this.db.select().from(machineAuthority);
    if (found === undefined) {
      const made = await makeMachineAuthority();
      // Of apis that start at once, one is first; the others take what it made.
      await this.db
        .insert(machineAuthority)
        .values({ id: ID, certificate: made.certificate, sealedKey: this.envelope.seal(made.key, AUTHORITY_PLACE) })
        .onConflictDoNothing();
      return this.load();
    }
    const pkcs8 = this.envelope.open(found.sealedKey, AUTHORITY_PLACE);
    const key = await webcrypto.subtle.importKey('pkcs8', Uint8Array.from(pkcs8), ALGORITHM, false, ['sign']);
    const issuer = new x509.X509Certificate(found.certificate);
    return { pem: found.certificate, certificate: new X509Certificate(found.certificate), issuer, key };
  }

  private async issue(spki: Buffer, subject: string, seconds: number, usage: string, names: readonly string[]): Promise<Issued> {
    const { key, issuer } = await this.open();
    const expiresAt = new Date(Date.now() + seconds * 1_000);
    const notBefore = new Date(Date.now() - Math.min(BACKDATE_MS_MAX, seconds * 100));
    const publicKey = new x509.PublicKey(spki);
    const certificate = await signLeaf({ issuer, signingKey: key, subject, names, usage, publicKey, notBefore, notAfter: expiresAt });
    return { certificate, expiresAt };
  }
}

/** The machine and the epoch that a certificate of {@link MachineAuthority.certify} names. */
export function readSubject(certificate: X509Certificate): { machineId: string; epoch: number } {
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(certificate.subject)?.[1] ?? '';
  return { machineId: field('CN'), epoch: Number(field('serialNumber')) };
}

async function makeMachineAuthority(): Promise<{ certificate: string; key: Buffer }> {
  const now = Date.now();
  const validity = { notBefore: new Date(now - BACKDATE_MS_MAX), notAfter: new Date(now + AUTHORITY_SECONDS * 1_000) };
  const { certificate, keys } = await makeAuthority('Rookery machine CA', validity);
  return { certificate, key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)) };
}
