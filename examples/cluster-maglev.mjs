/**
 * A TCP balancer in several processes: all workers accept on one port, and Maglev hashing (mh) sends a
 * client to the same real server in each of them, although they share nothing but the list.
 *
 *   node cluster-maglev.mjs 8080 4 127.0.0.1:3001 127.0.0.1:3002
 *
 * Lines on standard input change the list in every worker: `10.0.0.1:80=2` adds a server or sets its
 * weight (0 drains it), `10.0.0.1:80=` removes it.
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { VirtualService } from 'ipvs';
import { maglevHashing } from 'ipvs/schedulers/maglev-hashing';
import { forward } from './forward.mjs';
import { cannotListen, change, parameters } from './server-lines.mjs';

const { numbers, servers } = parameters('PORT WORKERS SERVER[=WEIGHT]...', 2);
const [port = 0, workers = 1] = numbers;

/** The primary process keeps the lines, so that a worker that starts later meets the same list. */
async function lead() {
  const lines = [...servers];
  cluster.on('message', (worker) => worker.send(lines)); // a worker asks for them once, see below
  cluster.on('exit', (_, code) => code !== 0 && cluster.fork());
  const ready = Array.from({ length: workers }, async () => once(cluster.fork(), 'listening'));
  await Promise.all(ready);
  console.log(`${workers} workers are listening on ${port}`);
  for await (const line of createInterface({ input: process.stdin })) {
    lines.push(line);
    for (const worker of Object.values(cluster.workers ?? {})) worker?.send([line]);
  }
  cluster.disconnect();
}

/** A worker owns a copy of the list. Equal lists give equal choices, whichever worker makes them. */
function work() {
  const scheduler = maglevHashing({ fallback: true });
  const service = new VirtualService({ address: '0.0.0.0', port, scheduler });
  const balancer = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    client.on('error', () => {}); // a client that goes away is no server's fault
    forward(client, service.connect(client));
  });
  balancer.once('error', cannotListen);
  process.on('message', async (/** @type {string[]} */ lines) => {
    for (const line of lines) {
      const done = await change(service.servers, line);
      if (!done.startsWith('done')) console.error(done);
    }
    // No client is accepted before the list is there.
    if (!balancer.listening) balancer.listen(port);
  });
  process.send?.('ready');
}

if (cluster.isPrimary) void lead();
else work();
