import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Publication } from '../kernel/publication.js';
import { StoredMessage } from './delivery.js';
import { StoredMessages } from './stored-messages.js';

const publication = new Publication('t', Buffer.alloc(0), 1, false, {}, 0, 'p', true);

/** Between two steps of a walk: how many come, and which of those there are go. */
const change = fc.record({ come: fc.nat(3), go: fc.array(fc.nat(200), { maxLength: 4 }) });

describe('the stored messages', () => {
  it('a walk misses none that stays, whatever comes and goes meanwhile', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.array(change, { maxLength: 80 }), (count, changes) => {
        const all = new StoredMessages();
        const there = new Set<StoredMessage>();
        const come = () => {
          const message = new StoredMessage(publication);
          all.add(message);
          all.add(message);
          there.add(message);
        };
        for (let i = 0; i < count; i++) come();
        const before = new Set(there);
        const met = new Set<StoredMessage>();
        let turn = 0;
        for (const message of all) {
          expect(there.has(message)).toBe(true);
          met.add(message);
          const { come: coming, go } = changes[turn++] ?? { come: 0, go: [] };
          for (let i = 0; i < coming; i++) come();
          for (const index of go) {
            const gone = [...there][index];
            if (gone === undefined) continue;
            all.delete(gone);
            all.delete(gone);
            there.delete(gone);
          }
          expect(all.size).toBe(there.size);
        }
        expect([...before].filter((message) => there.has(message) && !met.has(message))).toEqual([]);
        expect(new Set(all)).toEqual(there);
      }),
    );
  });
});
