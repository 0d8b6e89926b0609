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
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { createFlow, ServerList } from 'ipvs';
import { maglevHashing } from 'ipvs/schedulers/maglev-hashing';

const [port = '', workers, ...first] = process.argv.slice(2);

/**
 * Does what a line says.
 *
 * @param {ServerList} servers
 * @param {string} line
 */
function change(servers, line) {
  const [, address, serverPort, weight = '1'] = /^(.+?):(\d+)(?:=(\d*))?$/.exec(line) ?? [];
  if (address === undefined) return console.error(`expected ADDRESS:PORT[=WEIGHT], got ${line}`);
  const server = { address, port: Number(serverPort) };
  const present = servers.get(server) !== undefined;
  if (weight !== '' && present) servers.edit(server, { weight: Number(weight) });
  else if (weight !== '') servers.add({ ...server, weight: Number(weight) });
  else if (present) servers.remove(server);
}

/** The primary process keeps the lines, so that a worker that starts later meets the same list. */
async function lead() {
  const lines = [...first];
  cluster.on('message', (worker) => worker.send(lines)); // a worker asks for them once, see below
  cluster.on('exit', (_, code) => code !== 0 && cluster.fork());
  const ready = Array.from({ length: Number(workers) }, async () =>
    once(cluster.fork(), 'listening'),
  );
  await Promise.all(ready);
  console.log(`${workers} workers are listening on ${port}`);
  for await (const line of createInterface({ input: process.stdin })) {
    lines.push(line);
    for (const worker of Object.values(cluster.workers ?? {})) worker?.send([line]);
  }
  cluster.disconnect();
}

/** A worker owns a copy of the list. Equal lists give equal choices, whoever makes them. */
function work() {
  const servers = new ServerList();
  const scheduler = maglevHashing({ fallback: true })(servers);
  const balancer = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    const source = client.remoteAddress?.replace('::ffff:', '') ?? '0.0.0.0';
    const server = scheduler.schedule(createFlow({ source, destination: '0.0.0.0' }));
    if (server === undefined) return void client.destroy();
    const upstream = connect({ port: server.port, host: `${server.address}`, allowHalfOpen: true });
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  process.on('message', (/** @type {string[]} */ lines) => {
    for (const line of lines) change(servers, line);
    // Nobody is accepted before the list is there.
    if (!balancer.listening) balancer.listen(Number(port));
  });
  process.send?.('ready');
}

if (cluster.isPrimary) void lead();
else work();
