/** How the Node of a machine's data path is started, by whoever starts one. No debugger port on a signal, for either. */

/**
 * A young generation of 2 MB: messages die young whatever its size (throughput is the same), and the default of 16 MB
 * is resident for good.
 */
export const RUNTIME_NODE_FLAGS = ['--disable-sigusr1', '--max-semi-space-size=2'] as const;

/** There is a worker per core: helper threads of the collector would only take turns with it, and with its neighbours. */
export const EDGE_NODE_FLAGS = ['--disable-sigusr1', '--single-threaded-gc'] as const;
