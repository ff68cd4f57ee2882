/** A broker inside the test's process, on a free port, with its store in memory unless a folder is given. */
import { type PolicyInput, policyDocumentSchema } from '@rookery/contracts/policy-document';
import { Broker } from '../broker.js';
import type { ClientEvent } from '../telemetry/journal.js';
import { Intake } from '../transport/intake.js';
import { type ListenOptions, Listeners } from '../transport/listeners.js';
import { hashSecret } from '../access/credentials.js';
import { TestClient } from './test-client.js';

export interface TestBroker {
  broker: Broker;
  where: { port: number };
  events: ClientEvent[];
  errors: Error[];
  open(given?: Parameters<typeof TestClient.open>[1]): ReturnType<typeof TestClient.open>;
  apply(policy: PolicyInput): void;
  stop(): Promise<void>;
}

export interface TestBrokerOptions {
  policy?: PolicyInput;
  dataFolder?: string;
  proxied?: boolean;
  /** False: as where raw handles do not work. */
  rawHandles?: boolean;
  listen?: Partial<ListenOptions>;
}

let incarnations = 0;

export async function startBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const events: ClientEvent[] = [];
  const errors: Error[] = [];
  const broker = await Broker.start({
    deploymentId: 'test',
    incarnation: `i${++incarnations}`,
    dataFolder: options.dataFolder ?? null,
    synchronous: true,
    note: (event) => events.push(event),
    onError: (error) => errors.push(error),
  });
  broker.applyPolicy(policyDocumentSchema.parse({ allowAnonymous: true, ...options.policy }));
  broker.planStored();
  const intake = new Intake(broker, options.proxied ?? false);
  const listeners = options.rawHandles === false ? new Listeners(intake, async () => false) : new Listeners(intake);
  const nowhere = { port: null, wsPort: null, tlsPort: null, certificateFile: null, keyFile: null, unix: null };
  await listeners.open({ ...nowhere, host: '127.0.0.1', port: 0, ...options.listen });
  const where = { port: Number(listeners.addresses[0]?.split(':').at(-1)) };
  return {
    broker,
    where,
    events,
    errors,
    open: (given) => TestClient.open(where, given),
    apply: (policy) =>
      broker.applyPolicy(policyDocumentSchema.parse({ allowAnonymous: true, revision: broker.policy.revision + 1, ...policy })),
    stop: async () => {
      const closed = listeners.close();
      await broker.stop();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 200))]);
    },
  };
}

export const PEPPER = Buffer.alloc(32, 7).toString('base64url');

export function credential(username: string, password: string) {
  return { username, secretHash: `hmac-sha256:${hashSecret(Buffer.from(PEPPER, 'base64url'), password).toString('base64url')}` };
}
