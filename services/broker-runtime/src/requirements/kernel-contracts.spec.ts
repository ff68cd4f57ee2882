/** aedes' own contract suites, run against our emitter and our persistence. */
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { describe, it } from 'vitest';
import { FanOut } from '../kernel/fan-out.js';
import { KernelEmitter } from '../kernel/mq.js';
import { KernelPersistence } from '../kernel/persistence.js';
import { Routing } from '../kernel/routing.js';
import { BrokerState } from '../kernel/state.js';
import type { TreeOptions } from '../kernel/topic-tree.js';
import { Outlet } from '../session/outlet.js';
import { LivePolicy } from '../policy/live-policy.js';
import { MemoryStore } from '../store/memory-store.js';
import { Counters } from '../telemetry/counters.js';

/** The versions that aedes itself uses. */
const requireOfAedes = createRequire(createRequire(import.meta.url).resolve('aedes'));
const emitterSuite = requireOfAedes('mqemitter/abstractTest.js') as (options: object) => void;
const persistenceSuite = requireOfAedes('aedes-persistence/abstract.js') as (options: object) => void;

/** The suites are written for node:test: `t.plan` and `t.assert`. */
function test(name: string, run: (t: object) => Promise<void> | void): void {
  it(name, async () => {
    let planned = -1;
    let made = 0;
    const counted = new Proxy(assert, {
      get:
        (target, key) =>
        (...given: unknown[]) => {
          made++;
          return (target as unknown as Record<string | symbol, (...args: unknown[]) => unknown>)[key]!(...given);
        },
    });
    await run({ plan: (count: number) => (planned = count), assert: counted, diagnostic: () => {} });
    if (planned >= 0) assert.equal(made, planned, 'as many assertions as planned');
  });
}

function parts(options: TreeOptions = {}) {
  const counters = new Counters();
  const outlet = new Outlet();
  const routing = new Routing(options);
  const fanOut = new FanOut(outlet, counters, Date.now);
  const state = new BrokerState();
  const world = {
    store: new MemoryStore(),
    routing,
    outlet,
    fanOut,
    counters,
    messages: state.messages,
    queueRules: new LivePolicy().queueRules,
    now: Date.now,
  };
  return { routing, fanOut, state, world };
}

describe('mqemitter contract', () => {
  const builder = (options?: TreeOptions) => {
    const { routing, fanOut } = parts(options);
    return new KernelEmitter(routing, fanOut, new WeakMap());
  };
  emitterSuite({ builder, test });
});

describe('aedes-persistence contract', () => {
  const persistence = () => {
    const { state, world } = parts();
    return new KernelPersistence(state, world, new WeakMap(), { retainedMax: () => 100_000, mayPublishWill: () => true });
  };
  persistenceSuite({ test, persistence, testAsync: true });
});
