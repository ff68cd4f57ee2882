/**
 * How a runtime's Node is started, by whoever starts one. No debugger port on a signal; and a young generation of 2 MB:
 * messages die young whatever its size (throughput is the same), and the default of 16 MB is resident for good.
 */
export const RUNTIME_NODE_FLAGS = ['--disable-sigusr1', '--max-semi-space-size=2'] as const;
