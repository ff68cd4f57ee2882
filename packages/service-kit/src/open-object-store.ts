/** The place of objects from its setting. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { Bucket, bucketUrlSchema } from './aws/s3.js';
import { FolderStore } from './folder-store.js';
import type { ObjectStore } from './object-store.js';

/** `s3://bucket`, `s3://bucket/folder`, or the path of a folder. */
export const objectStoreSchema = z.union([
  bucketUrlSchema,
  z.string().refine(isAbsolute, 'must be s3://bucket, s3://bucket/folder, or the absolute path of a folder'),
]);

export function openObjectStore(place: string): ObjectStore {
  return place.startsWith('s3://') ? new Bucket(place) : new FolderStore(place);
}
