/** A bucket of S3. The SDK is loaded at the first call: who uses none does not pay for it. */
import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';

export type Metadata = Readonly<Record<string, string>>;

/** `s3://bucket` or `s3://bucket/folder`. */
export const bucketUrlSchema = z
  .string()
  .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w./-]*)?$/, 'must look like s3://bucket or s3://bucket/folder');

/** Somebody else has written the object since it was looked at. */
export class ObjectChanged extends Error {}

export class Bucket {
  private readonly name: string;
  private readonly folder: string;
  private client: Promise<S3Client> | undefined;

  constructor(url: string) {
    const { hostname, pathname } = new URL(url);
    this.name = hostname;
    const path = pathname.replace(/^\/|\/$/g, '');
    this.folder = path === '' ? '' : `${path}/`;
  }

  /** Null: there is none. */
  async read(key: string): Promise<string | null> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const found = await (await this.open()).send(new GetObjectCommand(this.at(key))).catch(nothingThere);
    return found === null ? null : found.Body!.transformToString();
  }

  /** What is known of it without its content. Null: there is none. */
  async look(key: string): Promise<{ version: string; metadata: Metadata } | null> {
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    const found = await (await this.open()).send(new HeadObjectCommand(this.at(key))).catch(nothingThere);
    return found === null ? null : { version: found.ETag!, metadata: found.Metadata ?? {} };
  }

  /** `over`: the version that it may replace; null: there must be none. Throws {@link ObjectChanged}. */
  async write(key: string, body: string, { metadata, over }: { metadata: Metadata; over: string | null }): Promise<void> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const condition = over === null ? { IfNoneMatch: '*' } : { IfMatch: over };
    try {
      await (await this.open()).send(new PutObjectCommand({ ...this.at(key), Body: body, Metadata: { ...metadata }, ...condition }));
    } catch (error) {
      const { name, message } = error as Error;
      if (name === 'PreconditionFailed' || name === 'ConditionalRequestConflict') throw new ObjectChanged(message, { cause: error });
      throw error;
    }
  }

  /** Older versions of it stay, where the bucket keeps them. */
  async remove(key: string): Promise<void> {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
    await (await this.open()).send(new DeleteObjectCommand(this.at(key)));
  }

  /** Keys that begin with `prefix`. */
  async list(prefix: string): Promise<string[]> {
    const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
    const keys: string[] = [];
    const pages = paginateListObjectsV2({ client: await this.open() }, { Bucket: this.name, Prefix: `${this.folder}${prefix}` });
    for await (const { Contents = [] } of pages) for (const { Key } of Contents) keys.push(Key!.slice(this.folder.length));
    return keys;
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.name, Key: `${this.folder}${key}` };
  }

  /** Path style serves every endpoint, AWS's own and others. */
  private open(): Promise<S3Client> {
    this.client ??= import('@aws-sdk/client-s3').then(({ S3Client }) => new S3Client({ forcePathStyle: true }));
    return this.client;
  }
}

function nothingThere(error: Error): null {
  if (error.name === 'NoSuchKey' || error.name === 'NotFound') return null;
  throw error;
}
