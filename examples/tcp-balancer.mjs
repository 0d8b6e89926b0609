/**
 * A TCP balancer: clients stick to their real server, servers that refuse or fail their probes are
 * passed over, and the list can change at any time without a connection being dropped.
 *
 *   node tcp-balancer.mjs 8080 127.0.0.1:3001 127.0.0.1:3002
 *
 * Lines on standard input: `10.0.0.1:80=2` adds a server or sets its weight, `10.0.0.1:80=` drains it
 * and then removes it. SIGTERM: no new connections; exits when the last one has ended.
 */
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream';
import { VirtualService } from 'ipvs';
import { HealthChecker } from 'ipvs/health';
import { tcpProbe } from 'ipvs/health/node';
import { weightedLeastConnection } from 'ipvs/schedulers/weighted-least-connection';

const [port, ...list] = process.argv.slice(2);
const service = new VirtualService({
  address: '127.0.0.1',
  port: Number(port),
  scheduler: weightedLeastConnection(),
  persistence: { timeoutSeconds: 300 },
  expireQuiescentTemplate: true, // a client leaves a server that is drained or down
});
const checker = new HealthChecker(service.servers, {
  probe: tcpProbe(),
  intervalMs: 2000,
  fall: 1, // a refused connection is enough
  log: console.log,
});

/** @param {import('node:net').Socket} client @param {number} attempts */
function forward(client, attempts) {
  const { remoteAddress = '', remotePort = 0 } = client;
  const connection = service.connect({ address: remoteAddress, port: remotePort });
  if (connection === undefined) return void client.destroy();
  const { server } = connection;
  const upstream = connect({ host: `${server.address}`, port: server.port, allowHalfOpen: true });
  upstream.once('error', (error) => {
    connection.close();
    checker.report(server, false, error);
    // Nothing was sent yet, so another server can take the client as if nothing had happened.
    if (attempts > 1) forward(client, attempts - 1);
    else client.destroy();
  });
  upstream.once('connect', () => {
    upstream.removeAllListeners('error');
    pipeline(client, upstream, client, () => connection.close());
  });
}

/** @param {string} line */
async function change(line) {
  const [, address, serverPort, weight = '1'] = /^(.+):(\d+)(?:=(\d*))?$/.exec(line) ?? [];
  if (address === undefined) return console.log(`expected ADDRESS:PORT[=WEIGHT], got ${line}`);
  const server = { address, port: Number(serverPort) };
  const present = service.servers.get(server) !== undefined;
  if (weight === '' && present) {
    if (await service.drain(server)) service.servers.remove(server);
  } else if (present) service.servers.edit(server, { weight: Number(weight) });
  else service.servers.add({ ...server, weight: Number(weight) });
  console.log(`done: ${line}`);
}

const balancer = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
  client.on('error', () => {}); // a client that goes away is nobody's fault
  forward(client, 3);
});
const input = createInterface({ input: process.stdin }).on('line', change);
for (const line of list) void change(line);
checker.start();
balancer.listen(Number(port), () => console.log(`listening on ${port}`));
process.once('SIGTERM', () => {
  input.close();
  balancer.close(() => console.log('drained'));
});
