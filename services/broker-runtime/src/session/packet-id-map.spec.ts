import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketIdMap } from './packet-id-map.js';

const id = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 65_535 }));
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), id }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('delete' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), id }) },
);

describe('what is under way, by packet identifier', () => {
  it('is what a Map would hold, whatever is set, taken out and cleared', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const held = new PacketIdMap<number>();
        const model = new Map<number, number>();
        for (const [i, each] of steps.entries()) {
          if (each.do === 'set') {
            held.set(each.id, i);
            model.set(each.id, i);
          } else if (each.do === 'delete') expect(held.delete(each.id)).toBe(model.delete(each.id));
          else {
            held.clear();
            model.clear();
          }
          expect(held.size).toBe(model.size);
          expect(held.get(each.id)).toBe(model.get(each.id));
          expect(held.has(each.id)).toBe(model.has(each.id));
        }
        const numbers = (values: Iterable<number>) => [...values].toSorted((a, b) => a - b);
        expect(numbers(held.keys())).toEqual(numbers(model.keys()));
        expect(numbers(held.values())).toEqual(numbers(model.values()));
      }),
    );
  });

  it('takes every identifier that there is, and after them a window that goes round [MQTT-2.2.1-3]', () => {
    const held = new PacketIdMap<number>();
    for (let i = 1; i <= 65_535; i++) held.set(i, i);
    expect(held.size).toBe(65_535);
    for (let i = 1; i <= 65_535; i++) expect(held.get(i)).toBe(i);
    for (let i = 65_535; i > 100; i--) expect(held.delete(i)).toBe(true);
    for (let turn = 100; turn < 200_000; turn++) {
      expect(held.delete(((turn - 100) % 65_535) + 1)).toBe(true);
      held.set((turn % 65_535) + 1, turn);
    }
    expect(held.values().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => 199_900 + i));
  });
});
