/** Cumulative counters of this process start (contracts `runtimeCountersSchema`), and what each limit refused. */
import type { RuntimeCounters } from '@rookery/contracts/reports';

export class Counters implements RuntimeCounters {
  messagesReceived = 0;
  messagesSent = 0;
  messagesDropped = 0;
  bytesReceived = 0;
  bytesSent = 0;
  connectsAccepted = 0;
  connectsRefused = 0;
  publishesDenied = 0;
  subscribesDenied = 0;
  protocolErrors = 0;
  quotaHits = 0;

  snapshot(bytesSent: number): RuntimeCounters {
    return Object.assign({ ...(this as RuntimeCounters) }, { bytesSent });
  }
}
