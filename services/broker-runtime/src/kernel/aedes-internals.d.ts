/** Members of aedes 1.2.0 that the kernel uses and its type declarations leave out. */
import 'aedes';

declare module 'aedes' {
  interface Aedes {
    publish(packet: object, client: object | null, done: (error?: Error | null) => void): void;
    registerClient(client: object): void;
    unregisterClient(client: object): void;
    clients: Record<string, import('./kernel-client.js').KernelClient>;
  }
}
