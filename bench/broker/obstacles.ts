/**
 * What stands between each row and its goal, as profiles of the shipped bundle show it: `perf record` over all threads of
 * the process while the load runs, where what the engine inlines counts for its caller (so aedes has at least its share);
 * for fan-out and sparse rows `node --cpu-prof`, whose percentages are of the time that JavaScript's thread is busy.
 */
const AEDES =
  'aedes makes a packet, a state, a bound function and a closure for each message; for messages that pass through nothing else is allocated.';
const WRITES = 'One write per socket and turn is the largest share, and that is the kernel; a C server without MQTT state pays it as well.';
const HOP = 'The hop is two more reads and writes per burst on the same core';

export const OBSTACLES: Readonly<Record<string, string>> = {
  '1to1.q0': `Our path at most 49 %, aedes at least 26 %, write 11 %, read 6 %, collector 3 %. ${AEDES}`,
  '1to1.q1.memory': `Our session and receive path at most 45 %, aedes at least 21 %, write 14 %, collector 3 %. ${AEDES}`,
  '1to1.q2.memory': 'Four packets per message each way: our state machine at most 40 %, write 14 %, aedes at least 12 %, collector 4 %.',
  '1to1.q1.durable':
    'Our path 31 %, the threads that write the log 28 %, promises and timers of Node 12 %, write 7 %, aedes at least 7 %. A commit holds at most the window of 100 messages.',
  '100pub.w4.durable':
    'Our path 35 %, write 15 % (one per publisher and commit for PUBACK), the threads that write the log 11 %, collector 10 % (what is stored is kept until its acknowledgement). A commit holds some 200 messages, and a slow disk makes the loop wait, not work.',
  '1to100.q0': `Write 82 %. ${WRITES}`,
  '1to1000.q0': `Write 72 %. ${WRITES}`,
  '100to1.q0': `Our path at most 43 %, aedes at least 20 %, read 9 %, write 8 %, collector 4 %. ${AEDES}`,
  '100to1.q1': `Our path at most 51 %, write 15 % (PUBACKs go to a hundred sockets), aedes at least 15 %, collector 4 %. ${AEDES}`,
  'pairs.q0':
    'Our path at most 52 %: a thousand sessions, and every cache is cold. Write 13 %, aedes at least 13 %, read 9 %, collector 2 %.',
  'pairs.q1': `Write 32 %, our path 30 %, read 11 %. ${WRITES}`,
  'sparse.pairs': `Write 57 %, and one read per message. ${WRITES}`,
  'sparse.1to1000': `Write 87 %. ${WRITES}`,
  'sparse.pingpong':
    'Write 69 % of what JavaScript sees, and a poll and a read for each message beside it; the rest is a callback into JavaScript and the turn that joins writes.',
  'latency.5k':
    'By schedstat nothing of ours runs beside the loop any more once it is warm (the first heartbeat of aedes, which made the engine compile the path anew, is seen before that). What is left is a callback, a turn and a write for each message, the collector three times a second (0.2 ms), and whoever else the machine serves.',
  'churn.1to1.q0':
    'Collector: what ten thousand sessions leave behind is 35 MB of old objects, collected once, while the load runs. After it nothing is kept (10 MB in use before, 11 MB after).',
  connect: 'Close 21 %, write 18 %, HMAC of the password about 14 %: the rest is one object graph per client.',
  'idle.connection':
    "From a heap snapshot: 0.4 kB are Node's handle, some 1.5 kB our connection, session, sink and reader; the rest of what the process grows is garbage of CONNECT that is not collected yet. Fewer objects per client is what is left to do.",
  'idle.runtime':
    '8.4 MB are bare Node, measured the same way; the rest is heap and code of aedes, our bundle, the policy and the admin socket.',
  'edge.1to1.q0': `Half of the time is the runtime's. Of the edge's half the kernel has 20 %, OpenSSL and Node 18 %, copies 6 %, JavaScript 1 %. ${HOP}.`,
  'edge.1to100.q0': `Encryption and one write per subscriber: at the edge the kernel has 40 %, OpenSSL and Node 29 %, copies 11 %. ${HOP}.`,
  'edge.100to1.q1': `${HOP}, here with small ones: PUBACKs and publishes of a hundred links are each a TLS record and a write. Half of the time is the runtime's; of the edge's half the kernel has 21 %, OpenSSL and Node 19 %, JavaScript 2 %.`,
  'edge.connect':
    'A third is the TLS handshake itself. The rest is the hop: a unix connection, two writes, a TLSSocket of Node and its listeners for each client, closed twice.',
  'edge.idle.connection':
    'Mostly the TLS state of OpenSSL and Node (about 30 kB in the spike that measured the hop with and without TLS); the links below it are handles.',
};
