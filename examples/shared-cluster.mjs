/**
 * A TCP balancer in several processes that share what they know: a client stays with its server whichever worker
 * accepts it, and least connection (wlc) sees the connections of all workers.
 *
 *   node shared-cluster.mjs 8080 4 127.0.0.1:3001 127.0.0.1:3002=2
 *
 * The line `?` on standard input has each worker write what it counts. A worker that dies is started again; its
 * connections no longer count as soon as it is gone. SIGTERM ends all.
 */
import cluster from 'node:cluster';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { VirtualService } from 'ipvs';
import { weightedLeastConnection } from 'ipvs/schedulers/weighted-least-connection';
import { shareService } from 'ipvs/sync';
import { workerChannel, WorkerRelay } from 'ipvs/sync/node';
import { forward } from './forward.mjs';
import { cannotListen, change, parameters } from './server-lines.mjs';

/** A worker that cannot run must not be started again without a pause. */
const RESTART_MS = 1000;

const { numbers, servers } = parameters('PORT WORKERS SERVER[=WEIGHT]...', 2);
const [port = 0, workers = 1] = numbers;

function lead() {
  const relay = new WorkerRelay();
  let listening = 0;
  let ending = false;
  const fork = () => {
    if (!ending) relay.add(cluster.fork());
  };
  cluster.on('listening', () => {
    if (++listening === workers) console.log(`${workers} workers are listening on ${port}`);
  });
  cluster.on('exit', () => {
    if (!ending && listening < workers) process.exit(1); // it has said why
    if (!ending) setTimeout(fork, RESTART_MS);
  });
  const input = createInterface({ input: process.stdin }).on('line', (line) => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.send({ line }, () => {}); // it may just be ending
  });
  process.once('SIGTERM', () => {
    ending = true;
    input.close();
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  });
  for (let n = 0; n < workers; n++) fork();
}

async function work() {
  const service = new VirtualService({
    address: '0.0.0.0',
    port,
    scheduler: weightedLeastConnection(),
    persistence: { timeoutSeconds: 300 },
  });
  for (const server of servers) {
    const said = await change(service.servers, server);
    if (cluster.worker?.id === 1) console.log(said); // the others would say the same
  }
  const shared = shareService(service, workerChannel());
  const balancer = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    client.on('error', () => {}); // a client that goes away is no server's fault
    forward(client, service.connect(client));
  });
  process.on('message', (/** @type {{ line?: string }} */ { line }) => {
    if (line !== '?') return;
    const counts = [...service.servers].map((server) => `${server} ${server.active}`);
    console.log(
      `worker ${process.pid} of ${shared.statistics.processes + 1}: ${counts.join(', ')}`,
    );
  });
  process.once('SIGTERM', () => process.exit(0));
  balancer.once('error', cannotListen);
  balancer.listen(port);
}

if (cluster.isPrimary) lead();
else void work();
