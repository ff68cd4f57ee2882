/** A bucket of S3. The SDK is loaded at the first call: who uses none does not pay for it. */
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { ObjectStore } from '../object-store.js';

export type Metadata = Readonly<Record<string, string>>;

/** `s3://bucket` or `s3://bucket/folder`. */
export const bucketUrlSchema = z
  .string()
  .regex(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w./-]*)?$/, 'must look like s3://bucket or s3://bucket/folder');

/** Somebody else has written the object since it was looked at. */
export class ObjectChanged extends Error {}

/** S3 takes parts of 5 MiB or more, and ten thousand of them. */
const PART_BYTES = 8 * 1024 * 1024;
const CONTENT_TYPE = 'application/octet-stream';

export class Bucket implements ObjectStore {
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

  /** In parts, of which one is held at a time; an object appears when the last one is there. */
  async put(key: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const s3 = await import('@aws-sdk/client-s3');
    const client = await this.open();
    const parts = partsOf(chunks);
    const first = await parts.next();
    const second = await parts.next();
    if (second.done) {
      const Body = first.value ?? Buffer.alloc(0);
      await client.send(new s3.PutObjectCommand({ ...this.at(key), Body, ContentType: CONTENT_TYPE }));
      return;
    }
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand({ ...this.at(key), ContentType: CONTENT_TYPE }));
    const upload = { ...this.at(key), UploadId };
    try {
      const Parts: { ETag: string; PartNumber: number }[] = [];
      const add = async (Body: Buffer) => {
        const PartNumber = Parts.length + 1;
        const { ETag } = await client.send(new s3.UploadPartCommand({ ...upload, PartNumber, Body }));
        Parts.push({ ETag: ETag!, PartNumber });
      };
      await add(first.value!);
      await add(second.value);
      for await (const part of parts) await add(part);
      await client.send(new s3.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    } catch (error) {
      // One that cannot be told so any more is removed by a rule of the bucket.
      await client.send(new s3.AbortMultipartUploadCommand(upload)).catch(() => undefined);
      await parts.return(undefined);
      throw error;
    }
  }

  async get(key: string): Promise<Readable | null> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const found = await (await this.open()).send(new GetObjectCommand(this.at(key))).catch(nothingThere);
    return found === null ? null : (found.Body as Readable);
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

/** Joins chunks to parts; the last one is as large as it is. */
async function* partsOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

function nothingThere(error: Error): null {
  if (error.name === 'NoSuchKey' || error.name === 'NotFound') return null;
  throw error;
}
