/** The public API as a script uses it. */
import { until } from './clients.ts';

/** A docker cell builds its image first. */
const JOIN_MS_MAX = 120_000;

export class Api {
  readonly graphqlUrl: string;
  readonly apiKey: string | null;
  readonly cookie: string | null;

  constructor(graphqlUrl: string, apiKey: string | null, cookie: string | null = null) {
    this.graphqlUrl = graphqlUrl;
    this.apiKey = apiKey;
    this.cookie = cookie;
  }

  /** The whole answer: `data`, `errors`, HTTP status. */
  async send(query: string, variables: Record<string, unknown> = {}): Promise<{ status: number; data: any; errors: any[] | undefined }> {
    const response = await fetch(this.graphqlUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.apiKey === null ? {} : { authorization: `Bearer ${this.apiKey}` }),
        ...(this.cookie === null ? {} : { cookie: this.cookie, origin: new URL(this.graphqlUrl).origin }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as { data?: unknown; errors?: unknown[] };
    return { status: response.status, data: body.data, errors: body.errors };
  }

  /** Data of an answer without errors. */
  async query(query: string, variables: Record<string, unknown> = {}): Promise<any> {
    const { data, errors } = await this.send(query, variables);
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** Payload of a mutation without user errors. */
  async mutate(name: string, selection: string, input: Record<string, unknown>): Promise<any> {
    const payload = await this.tryMutate(name, selection, input);
    if (payload.userErrors.length > 0) throw new Error(`${name}: ${JSON.stringify(payload.userErrors)}`);
    return payload;
  }

  async tryMutate(name: string, selection: string, input: Record<string, unknown>): Promise<any> {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const data = await this.query(
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code message path } } }`,
      { input },
    );
    return data[name];
  }

  async operation(id: string): Promise<{ state: string; errorCode: string | null }> {
    const data = await this.query('query ($id: ID!) { operation(id: $id, waitSeconds: 30) { state errorCode errorMessage } }', { id });
    return data.operation;
  }

  /** Waits until an operation has ended well, however often it must be asked for. */
  async untilSucceeded(id: string, timeoutMs: number): Promise<void> {
    const over = async () => {
      const { state, errorCode } = await this.operation(id);
      if (['FAILED', 'CANCELLED'].includes(state)) throw new Error(`operation ${id} ended ${state} ${errorCode}`);
      return state === 'SUCCEEDED';
    };
    await until(over, `operation ${id} to succeed`, timeoutMs);
  }

  /** Waits until deployments can be made in a region: a cell of it has joined. */
  async untilRegion(id: string): Promise<void> {
    await until(
      async () => {
        const { regions } = await this.query('{ regions { id available } }');
        return regions.some((region: { id: string; available: boolean }) => region.id === id && region.available);
      },
      `region ${id} to be available`,
      JOIN_MS_MAX,
    );
  }

  /** Waits until the runtime enforces what the control plane knows. */
  async untilApplied(deploymentId: string): Promise<void> {
    await until(async () => {
      const { deployment } = await this.query('query ($id: ID!) { deployment(id: $id) { policyRevision appliedRevision } }', {
        id: deploymentId,
      });
      return deployment.appliedRevision === deployment.policyRevision;
    }, 'the policy to be applied');
  }

  /** A running deployment with one credential. */
  async deploy(name: string, input: Record<string, unknown> = {}): Promise<Deployed> {
    const created = await this.mutate('createDeployment', 'deployment { id } operation { id }', { name, ...input });
    const { state, errorCode } = await this.operation(created.operation.id);
    if (state !== 'SUCCEEDED') throw new Error(`the deployment ended ${state}: ${errorCode}`);
    const username = 'device';
    const { secret } = await this.mutate('createCredential', 'secret', { deploymentId: created.deployment.id, username });
    await this.untilApplied(created.deployment.id);
    const data = await this.query('query ($id: ID!) { deployment(id: $id) { connection { host mqttsPort mqttPort wssUrl wsUrl } } }', {
      id: created.deployment.id,
    });
    return { id: created.deployment.id, username, secret, ...data.deployment.connection };
  }
}

export interface Deployed {
  id: string;
  username: string;
  secret: string;
  host: string;
  mqttsPort: number;
  mqttPort: number | null;
  wssUrl: string;
  wsUrl: string | null;
}
