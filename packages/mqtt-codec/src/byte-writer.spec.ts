import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from './byte-writer.js';

describe('a text in a packet', () => {
  it('is its length and its UTF-8, short or long, ASCII or not, and what was written before stays', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom('é', '€', '😀', `${'a'.repeat(47)}é`),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        const writer = new ByteWriter();
        for (const value of texts) writer.text(value);
        const expected = texts.map((value) => {
          const utf8 = Buffer.from(value);
          return Buffer.concat([Buffer.from([utf8.length >> 8, utf8.length & 0xff]), utf8]);
        });
        expect(writer.finish().equals(Buffer.concat(expected))).toBe(true);
      }),
    );
  });

  it('of more than 65,535 bytes is refused, not cut', () => {
    expect(() => new ByteWriter().text('a'.repeat(65_536))).toThrow('65536 bytes do not fit into a field of a packet: 65,535 do');
    expect(() => new ByteWriter().binary(Buffer.alloc(65_536))).toThrow(RangeError);
  });
});
