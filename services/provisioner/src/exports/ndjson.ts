/** Text to gzip, as fast as it is read: nothing is held beyond one piece of text. */
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

export function gzipped(text: AsyncIterable<string>): AsyncIterable<Buffer> {
  // What breaks in the text breaks the result, which is where it is heard.
  return pipeline(Readable.from(text, { highWaterMark: 1 }), createGzip(), () => undefined);
}
