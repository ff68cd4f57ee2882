/** How the Node of a machine's data path is started, by whoever starts one. No debugger port on a signal, for either. */

/**
 * The path of a message is short and always the same, so it is worth compiling after some hundred messages instead of
 * thousands: the compiler works beside the loop, and where both share a processor every message waits for it.
 */
const COMPILE_EARLY = ['--invocation-count-for-maglev=100', '--invocation-count-for-turbofan=300'] as const;

/**
 * A young generation of 4 MB: only what is stored until its acknowledgement outlives a smaller one, and the default of
 * 16 MB is resident for good. It is collected by the loop's own thread: a runtime has about one core, and threads that help
 * on the same core only take turns with it.
 */
export const RUNTIME_NODE_FLAGS = ['--disable-sigusr1', '--max-semi-space-size=4', '--no-parallel-scavenge', ...COMPILE_EARLY] as const;

/** There is a worker per core: helper threads of the collector would only take turns with it, and with its neighbours. */
export const EDGE_NODE_FLAGS = ['--disable-sigusr1', '--single-threaded-gc'] as const;
