/** Metrics of Amazon CloudWatch. The SDK is loaded at the first call: who uses none does not pay for it. */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';

export interface Figure {
  name: string;
  value: number;
  unit: 'Count' | 'Seconds' | 'Percent';
  /** What it is of, like `{ Region: 'eu-central' }`. */
  dimensions?: Readonly<Record<string, string>>;
}

/** Of one call, at most. */
const FIGURES_MAX = 500;
const CONNECT_MS_MAX = 2_000;
const ANSWER_MS_MAX = 5_000;

export const namespaceSchema = z
  .string()
  .regex(
    /^(?!AWS\/)[A-Za-z0-9._/#:-]{1,255}$/,
    'must be a namespace of CloudWatch, such as Rookery: letters, digits and . _ / # : -, not AWS/…',
  );

export class MetricsNamespace {
  private client: Promise<CloudWatchClient> | undefined;

  constructor(private readonly name: string) {}

  /** Throws with the reason of AWS. */
  async publish(figures: readonly Figure[], at: Date): Promise<void> {
    const { PutMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
    const client = await this.open();
    const data = figures.map(({ name, value, unit, dimensions = {} }) => ({
      MetricName: name,
      Value: value,
      Unit: unit,
      Timestamp: at,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    }));
    for (let from = 0; from < data.length; from += FIGURES_MAX)
      await client.send(new PutMetricDataCommand({ Namespace: this.name, MetricData: data.slice(from, from + FIGURES_MAX) }));
  }

  close(): void {
    void this.client?.then((client) => client.destroy());
  }

  private open(): Promise<CloudWatchClient> {
    const requestHandler = { connectionTimeout: CONNECT_MS_MAX, requestTimeout: ANSWER_MS_MAX };
    this.client ??= import('@aws-sdk/client-cloudwatch').then(({ CloudWatchClient }) => new CloudWatchClient({ requestHandler }));
    return this.client;
  }
}
