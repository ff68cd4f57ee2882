/**
 * The few calls of a Docker engine that Terraform is not for: who is there, start, stop, limits it cannot set. The API is
 * HTTP over a socket; version 1.41 is spoken by every engine since 20.10.
 */
import { request } from 'node:http';

const VERSION = '/v1.41';
const TIMEOUT_MS = 30_000;

export interface Container {
  id: string;
  /** created, running, restarting, exited, paused, dead. */
  state: string;
  labels: Record<string, string>;
  /** `sha256:…` */
  imageId: string;
}

class EngineError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'EngineError';
  }
}

export class Engine {
  private readonly target: { socketPath: string } | { host: string; port: string };

  /** `host`: `unix:///path` or `tcp://host:port`. */
  constructor(host: string) {
    const url = new URL(host);
    this.target = url.protocol === 'unix:' ? { socketPath: url.pathname } : { host: url.hostname, port: url.port };
  }

  /** Every container with this label, whatever it does. */
  async list(label: string): Promise<Container[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const found = (await this.call('GET', `/containers/json?all=1&filters=${filters}`)) as {
      Id: string;
      State: string;
      Labels: Record<string, string>;
      ImageID: string;
    }[];
    return found.map(({ Id, State, Labels, ImageID }) => ({ id: Id, state: State, labels: Labels, imageId: ImageID }));
  }

  /** An image, whatever it is called by: its name, its id, or the first digits of it. Null: there is none. */
  async findImage(name: string): Promise<{ id: string; labels: Record<string, string> } | null> {
    try {
      const { Id, Config } = (await this.call('GET', `/images/${encodeURIComponent(name)}/json`)) as {
        Id: string;
        Config?: { Labels?: Record<string, string> | null };
      };
      return { id: Id, labels: Config?.Labels ?? {} };
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return null;
      throw error;
    }
  }

  /** Does nothing when it runs already. */
  async start(id: string): Promise<void> {
    await this.call('POST', `/containers/${id}/start`);
  }

  /** SIGTERM, then SIGKILL after `seconds`. It stays stopped, whatever its restart policy. */
  async stop(id: string, seconds: number): Promise<void> {
    await this.call('POST', `/containers/${id}/stop?t=${seconds}`, undefined, TIMEOUT_MS + seconds * 1_000);
  }

  async limitProcesses(id: string, max: number): Promise<void> {
    await this.call('POST', `/containers/${id}/update`, { PidsLimit: max });
  }

  async remove(id: string): Promise<void> {
    await this.call('DELETE', `/containers/${id}?force=1`);
  }

  /** Resolves to the exit code at the container's next end, or at its removal. */
  async untilExit(id: string): Promise<number | null> {
    try {
      const { StatusCode } = (await this.call('POST', `/containers/${id}/wait?condition=next-exit`, undefined, 0)) as {
        StatusCode: number;
      };
      return StatusCode;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return null;
      throw error;
    }
  }

  /** Answers of 304 (it is so already) and 404 on removal count as done. */
  private call(method: string, path: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const outgoing = request({ ...this.target, method, path: `${VERSION}${path}`, headers }, (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (answer += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const status = response.statusCode ?? 500;
          if (status < 400 || (status === 404 && method === 'DELETE'))
            return resolve(answer === '' || status === 304 ? null : JSON.parse(answer));
          reject(new EngineError(status, `the engine answered ${status} to ${method} ${path}: ${messageOf(answer)}`));
        });
      });
      if (timeoutMs > 0) outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`the engine did not answer ${method} ${path}`)));
      outgoing.once('error', reject);
      outgoing.end(text);
    });
  }
}

function messageOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { message: string }).message;
  } catch {
    return answer.slice(0, 200);
  }
}
