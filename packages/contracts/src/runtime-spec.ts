/**
 * What a machine is asked to run. The provisioner writes it (placement), the machine's stream carries it,
 * the agent makes it so. It holds no policy and no secret.
 */
import { z } from 'zod';
import { idSchema } from './ids.js';
import { DESIRED_STATES, DURABILITIES } from './phases.js';
import { brokerVersionSchema } from './version.js';

const port = z.number().int().min(1).max(65_535);

export const runtimeSpecSchema = z.object({
  deploymentId: idSchema('deployment'),
  organizationId: idSchema('organization'),
  /** Grows with every change of desired state; a report repeats it. */
  generation: z.number().int().positive(),
  state: z.enum(DESIRED_STATES),
  /** First label of the public host name; unique on the installation. */
  slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  ports: z.object({
    /** TLS port of its own (MQTT and WebSocket told apart by the first byte). `null` where only the shared port serves it. */
    mqtts: port.nullable(),
    /** Port without TLS, where the plan allows one. */
    mqtt: port.nullable(),
  }),
  /** What it runs until an upgrade; null: always the newest that its machine has. */
  brokerVersion: brokerVersionSchema.nullable().default(null),
  durability: z.enum(DURABILITIES),
  /** Memory limit of the runtime process in bytes, enforced where cgroups may be written. */
  memoryBytesMax: z.number().int().positive(),
  storeBytesMax: z.number().int().positive(),
});
export type RuntimeSpec = z.infer<typeof runtimeSpecSchema>;
