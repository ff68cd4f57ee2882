/** A machine of a cloud as processes of this one: the settings and the secret that its user data names, an edge and an agent. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Booted, Machine } from './cloud.ts';
import { FarMachine } from './far-machine.ts';

const WAIT_MS = 500;

let addresses = 0;

export class CloudProcess implements Machine {
  readonly run: string;
  private readonly endpoint: string;
  private readonly booted: Booted;
  private readonly machine: FarMachine;
  private readonly stopping = new AbortController();

  constructor(endpoint: string, booted: Booted, before: CloudProcess | null) {
    this.endpoint = endpoint;
    this.booted = booted;
    // The loopback network has an address for each: all of them listen at the same ports.
    const number = ++addresses;
    this.machine =
      before?.machine ??
      new FarMachine({ ...settingsIn(booted.userData), ROOKERY_BIND: `127.44.${Math.floor(number / 250)}.${1 + (number % 250)}` });
    this.run = `${this.machine.home}/m`;
    this.machine.startEdge();
    void this.join();
  }

  async down(): Promise<void> {
    this.stopping.abort();
    await this.machine.stop();
  }

  async remove(): Promise<void> {
    await this.machine.remove();
  }

  /** As `rookery-machine secret` does, which user data runs before the agent. */
  private async join(): Promise<void> {
    const SecretId = /^rookery-machine secret (\S+)$/m.exec(this.booted.userData)![1]!;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new SecretsManagerClient({ endpoint: this.endpoint, region: SecretId.split(':')[3]!, credentials });
    while (!this.stopping.signal.aborted) {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId })).catch(() => ({ SecretString: undefined }));
      if (this.stopping.signal.aborted) return;
      if (SecretString !== undefined) {
        const { joinToken, controlPlane } = JSON.parse(SecretString) as { joinToken: string; controlPlane: string };
        this.machine.giveToken(joinToken);
        return this.machine.startAgent({ API_MACHINES_URL: controlPlane });
      }
      await new Promise((wake) => setTimeout(wake, WAIT_MS));
    }
  }
}

/** Between the marks of the file that it writes. */
function settingsIn(userData: string): Record<string, string> {
  const lines = /<<'SETTINGS'\n([\s\S]*?)\nSETTINGS/.exec(userData)![1]!.split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
}
