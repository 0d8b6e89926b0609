/**
 * A TCP balancer: clients stick to their real server, servers that refuse or fail their probes are
 * passed over, and the list can change at any time without a connection being dropped.
 *
 *   node tcp-balancer.mjs 8080 127.0.0.1:3001 127.0.0.1:3002
 *
 * Lines on standard input: `10.0.0.1:80=2` adds a server or sets its weight, `10.0.0.1:80=` drains it
 * and then removes it. SIGTERM: no new connections; exits when the last one has ended, or after 30 s.
 */
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { VirtualService } from 'ipvs';
import { HealthChecker } from 'ipvs/health';
import { tcpProbe } from 'ipvs/health/node';
import { weightedLeastConnection } from 'ipvs/schedulers/weighted-least-connection';
import { drainAtSigterm } from './drain.mjs';
import { forward } from './forward.mjs';
import { cannotListen, change, parameters } from './server-lines.mjs';

const { numbers, servers } = parameters('PORT SERVER[=WEIGHT]...');
const [port = 0] = numbers;
const service = new VirtualService({
  address: '127.0.0.1', // clients of both families are welcome all the same
  port,
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

const balancer = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
  client.on('error', () => {}); // a client that goes away is no server's fault
  forward(client, service.connect(client), ({ server }, error) => {
    checker.report(server, false, error);
  });
});

/** @param {string} line */
async function obey(line) {
  console.log(await change(service.servers, line, (server) => service.drain(server)));
}

const input = createInterface({ input: process.stdin }).on('line', obey);
for (const line of servers) void obey(line);
checker.start();
balancer.once('error', cannotListen);
balancer.listen(port, () => console.log(`listening on ${port}`));
drainAtSigterm(balancer, () => input.close());
