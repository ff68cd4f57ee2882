import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Publication } from '../kernel/publication.js';
import { DeliveryQueue } from './delivery-queue.js';
import { Delivery } from './delivery.js';

const message = new Publication('t', Buffer.alloc(0), 1, false, {}, 0, 'p', true);
const delivery = (sequence: number, priority: number) =>
  Object.assign(new Delivery(1, sequence, message, 1, false, null, null), { priority });

/** What is done to the queue; a number pushes with that priority. */
const step = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom('shift' as const, 'drop' as const, 'resend' as const, 'take' as const),
);

describe('what waits for a session', () => {
  it('goes out resent first, then by priority, then in the order it came; what is dropped is the oldest of the least urgent', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new DeliveryQueue();
        let again: Delivery[] = [];
        let fresh: Delivery[] = [];
        let sent: Delivery[] = [];
        const ordered = () => fresh.toSorted((a, b) => b.priority - a.priority || a.sequence - b.sequence);
        const without = (list: Delivery[], gone: Delivery | undefined) => list.filter((each) => each !== gone);
        for (const [i, each] of steps.entries()) {
          if (typeof each === 'number') {
            fresh.push(delivery(i, each));
            queue.push(fresh.at(-1)!);
          } else if (each === 'shift') {
            const expected = again[0] ?? ordered()[0];
            expect(queue.peek()).toBe(expected);
            expect(queue.shift()).toBe(expected);
            again = without(again, expected);
            fresh = without(fresh, expected);
            if (expected !== undefined) sent.push(expected);
          } else if (each === 'drop') {
            const lowest = Math.min(...fresh.map(({ priority }) => priority));
            const expected = fresh.find(({ priority }) => priority === lowest);
            expect(queue.dropOldest()).toBe(expected);
            fresh = without(fresh, expected);
          } else if (each === 'resend') {
            queue.resend(sent);
            again = [...sent, ...again];
            sent = [];
          } else {
            const odd = ({ sequence }: Delivery) => sequence % 2 === 1;
            expect(queue.takeNew(odd)).toHaveLength(fresh.filter(odd).length);
            fresh = fresh.filter((one) => !odd(one));
          }
          expect([...queue]).toEqual([...again, ...ordered()]);
          expect([queue.length, queue.newLength]).toEqual([again.length + fresh.length, fresh.length]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
