/**
 * What stands between each row and its goal, as profiles of the shipped bundle show it (`node --cpu-prof`; percentages
 * are of the time that JavaScript's thread is busy, where reads and polling do not show).
 */
const GARBAGE =
  'The collector has the largest single share: for each message a view of its payload, a publication, the packet we hand to aedes and the one aedes makes of it. Views made only when somebody looks, and publications used again, are what is left to do.';
const WRITES = 'One write per socket and turn is the largest share, and that is the kernel; a C server without MQTT state pays it as well.';
const HOP = 'The hop is two more reads and writes per burst on the same core';

export const OBSTACLES: Readonly<Record<string, string>> = {
  '1to1.q0': `Collector 38 %, our receive path 36 %, aedes 6 %, write 7 %. ${GARBAGE}`,
  '1to1.q1.memory': `Our session and receive path 37 %, write 24 %, collector 22 %, aedes 7 %. ${GARBAGE}`,
  '1to1.q2.memory': 'Four packets per message each way: our state machine 38 %, write 29 %, collector 19 %.',
  '1to1.q1.durable':
    'Collector 32 % (what is stored is kept until its acknowledgement), our path 31 %, write 20 %; the log is written beside that, in the thread pool, and a commit holds at most the window of 100 messages.',
  '100pub.w4.durable':
    'Write 38 % (one per publisher and commit for PUBACK), collector 10 %; the rest is our path and aedes. The threads that write the log take a sixth of all processor time. A commit holds some 200 messages, and a slow disk makes the loop wait, not work.',
  '1to100.q0': `Write 82 %. ${WRITES}`,
  '1to1000.q0': `Write 77 %. ${WRITES}`,
  '100to1.q0': `Collector 33 %, receive path 43 %, write 10 %. ${GARBAGE}`,
  '100to1.q1': `Our path 40 %, write 26 % (PUBACKs go to a hundred sockets), collector 19 %, aedes 8 %. ${GARBAGE}`,
  'pairs.q0': `Collector 34 %, our path 37 %, write 15 %: a thousand sessions, and every cache is cold. ${GARBAGE}`,
  'pairs.q1': `Write 40 %, our path 29 %. ${WRITES}`,
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
  'edge.1to1.q0': `${HOP}; at the edge the write (with encryption) is 36 % and the collector 22 %, and a full unix socket ends a burst early.`,
  'edge.1to100.q0': `Encryption and one write per subscriber; ${HOP.toLowerCase()}.`,
  'edge.100to1.q1': `${HOP}, here with small ones: PUBACKs and publishes of a hundred links are each a TLS record and a write (64 % of the edge's time).`,
  'edge.connect':
    'A third is the TLS handshake itself. The rest is the hop: a unix connection, two writes, a TLSSocket of Node and its listeners for each client, closed twice.',
  'edge.idle.connection':
    'Mostly the TLS state of OpenSSL and Node (about 30 kB in the spike that measured the hop with and without TLS); the links below it are handles.',
};
