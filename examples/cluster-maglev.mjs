/**
 * A TCP balancer in several processes: all workers accept on one port, and Maglev hashing (mh) sends a
 * client to the same real server in each of them, although they share nothing but the list.
 *
 *   node cluster-maglev.mjs 8080 4 127.0.0.1:3001 127.0.0.1:3002
 *
 * Lines on standard input change the list in every worker: `10.0.0.1:80=2` adds a server or sets its
 * weight (0 drains it), `10.0.0.1:80=` removes it. SIGTERM: no new connections; exits when the last one has
 * ended, or after 30 s.
 */
import cluster from 'node:cluster';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { ServerList, VirtualService } from 'ipvs';
import { maglevHashing } from 'ipvs/schedulers/maglev-hashing';
import { forward } from './forward.mjs';
import { cannotListen, change, parameters } from './server-lines.mjs';

const DRAIN_MS = 30_000;
const RESTART_MS = 1000;

const { numbers, servers: first } = parameters('PORT WORKERS SERVER[=WEIGHT]...', 2);
const [port = 0, workers = 1] = numbers;

/** The primary process has the list, so that a worker that starts later gets the same one. */
function lead() {
  const servers = new ServerList();
  let listening = 0;
  let ending = false;
  /** @param {import('node:cluster').Worker} worker */
  const inform = (worker) => {
    // The newest server is the first of a list; the order counts, since Maglev's table is filled in it.
    const list = [...servers].toReversed().map(optionsOf);
    if (worker.isConnected()) worker.send(list, () => {});
  };
  /** @param {string} line */
  const obey = async (line) => {
    console.log(await change(servers, line));
    for (const worker of Object.values(cluster.workers ?? {})) if (worker) inform(worker);
  };
  for (const line of first) void obey(line);
  const input = createInterface({ input: process.stdin }).on('line', obey);
  cluster.on('message', inform); // a worker asks once, see below
  cluster.on('listening', () => {
    if (++listening === workers) console.log(`${workers} workers are listening on ${port}`);
  });
  const fork = () => void (ending || cluster.fork());
  cluster.on('exit', () => {
    if (!ending && listening < workers) process.exit(1); // it has said why
    if (!ending) setTimeout(fork, RESTART_MS);
  });
  process.once('SIGTERM', () => {
    ending = true;
    input.close();
    cluster.disconnect(() => console.log('drained'));
    setTimeout(() => {
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
    }, DRAIN_MS).unref();
  });
  for (let n = 0; n < workers; n++) fork();
}

/** @param {import('ipvs').RealServer} server */
function optionsOf({ address, port, weight }) {
  return { address: `${address}`, port, weight };
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
  process.on('message', (/** @type {ReturnType<typeof optionsOf>[]} */ list) => {
    service.servers.replace(list);
  });
  // No client is accepted before the list is there.
  process.once('message', () => balancer.listen(port));
  process.on('SIGTERM', () => {}); // sent to the whole group: the primary process sees to the end
  process.send?.('ready', undefined, undefined, () => {});
}

if (cluster.isPrimary) lead();
else work();
