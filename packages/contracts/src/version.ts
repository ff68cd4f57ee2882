/** Versions: of this release, and of what a machine runs. */
import { z } from 'zod';

/** As in every package.json. */
export const VERSION = '0.1.0';

/** The release and twelve digits of the build: `0.1.0+3f2a9c01b7de`. Builds of one release are told apart by them. */
export const brokerVersionSchema = z.string().regex(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/, 'must be like 0.1.0+3f2a9c01b7de');

/** `digest`: hexadecimal digits, at least twelve, of the bundle or the image. */
export function brokerVersionOf(release: string, digest: string): string {
  return `${release}+${digest.slice(0, 12)}`;
}

export function digestOf(brokerVersion: string): string {
  return brokerVersion.slice(brokerVersion.indexOf('+') + 1);
}
