/**
 * aedes only calls `.then(done, failed)` on what the persistence returns. A real promise would move the rest of its
 * pipeline to a microtask: the order against QoS 0 messages of the same read would change, and the read buffer be gone.
 * So we return thenables that are already settled, or that settle with a commit of the store.
 */
// oxlint-disable unicorn/no-thenable -- the contract is made of thenables
export interface Settled<T> extends PromiseLike<T> {}

export function settled<T>(value: T): Settled<T> {
  return { then: (done) => (done?.(value) ?? value) as never };
}

/** Settles when `start` calls back; `start` runs when somebody asks. */
export function deferred(start: (done: (error: Error | null) => void) => void): Settled<void> {
  return {
    then: (done, failed) => start((error) => (error === null ? done?.() : failed?.(error))) as never,
  };
}

export function failed(error: Error): Settled<void> {
  return { then: (_done, fail) => fail?.(error) as never };
}

export const DONE: Settled<void> = settled(undefined);
