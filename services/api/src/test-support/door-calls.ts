/** Calls at the door for machines, as agents make them: with a key of their own and the certificate that came for it. */
import 'reflect-metadata';
import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import * as x509 from '@peculiar/x509';
import { DOOR_NAME, type EnrolResponse } from '@rookery/contracts/machine-door';
import { type OpenedStream, readStream } from './private-calls.js';

export interface MachineKey {
  privateKey: string;
  csr: string;
}

export interface DoorCaller {
  port: number;
  authority?: string;
  key?: string;
  certificate?: string;
}

/** A key and a request that is signed by it. */
export async function makeKey(kind: 'p256' | 'p384' | 'ed25519' | 'rsa1024' | 'rsa2048' = 'p256'): Promise<MachineKey> {
  const { publicKey, privateKey } = pairOf(kind);
  const algorithm = ALGORITHMS[kind];
  const keys = {
    publicKey: await webcrypto.subtle.importKey(
      'spki',
      Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' })),
      algorithm,
      true,
      ['verify'],
    ),
    privateKey: await webcrypto.subtle.importKey(
      'pkcs8',
      Uint8Array.from(privateKey.export({ type: 'pkcs8', format: 'der' })),
      algorithm,
      true,
      ['sign'],
    ),
  };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    // Wishes that must be ignored.
    name: 'CN=mch_00000000000000000000000000',
    keys: keys as webcrypto.CryptoKeyPair,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 3, true)],
  });
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, csr: request.toString('pem') };
}

const ALGORITHMS = {
  p256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  p384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  ed25519: { name: 'Ed25519' },
  rsa1024: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  rsa2048: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
};

function pairOf(kind: keyof typeof ALGORITHMS): { publicKey: KeyObject; privateKey: KeyObject } {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519');
  if (kind === 'p256' || kind === 'p384') return generateKeyPairSync('ec', { namedCurve: kind === 'p256' ? 'P-256' : 'P-384' });
  return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(3)) });
}

/** What a machine says of itself. */
export const joinFacts = (machineId: string | null = null, cell = 'local-1') => ({
  ...{ machineId, name: 'm', region: 'local', cell, isolation: 'unshare', host: 'localhost', domain: null },
  ...{ mqttPorts: { first: 20_000, last: 20_999 }, sharedPorts: null },
});

export interface DoorAnswer {
  status: number;
  body: any;
}

export async function callDoor(caller: DoorCaller, method: 'GET' | 'POST', path: string, body?: unknown): Promise<DoorAnswer> {
  const response = await open(caller, method, path, body);
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode!, body: text === '' ? null : JSON.parse(text) };
}

export async function openDoorStream(caller: DoorCaller, query = ''): Promise<OpenedStream> {
  return readStream(await open(caller, 'GET', `/agent/stream${query}`));
}

/** Joins with a token; resolves to a caller that has the certificate. */
export async function enrol(port: number, token: string, machineId: string | null = null): Promise<DoorCaller & EnrolResponse> {
  const { csr, privateKey } = await makeKey();
  const answer = await callDoor({ port }, 'POST', '/machines/enrol', { token, csr, join: joinFacts(machineId) });
  if (answer.status !== 201) throw new Error(`enrolling answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return { port, key: privateKey, ...(answer.body as EnrolResponse) };
}

/** Without `authority` the server is not checked, as by a stranger. */
function open({ port, authority, key, certificate }: DoorCaller, method: string, path: string, body?: unknown): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      {
        ...{ host: '127.0.0.1', port, method, path, agent: false, servername: DOOR_NAME },
        ...(authority === undefined ? { rejectUnauthorized: false } : { ca: authority }),
        ...(certificate === undefined ? {} : { key, cert: certificate }),
        headers: text === undefined ? {} : { 'content-type': 'application/json' },
      },
      resolve,
    );
    outgoing.once('error', reject);
    outgoing.end(text);
  });
}
