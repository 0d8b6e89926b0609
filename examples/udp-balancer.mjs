/**
 * A UDP balancer with one-packet scheduling: each datagram is scheduled on its own, whoever sent it, as suits
 * DNS and other services of one question and one answer.
 *
 *   node udp-balancer.mjs 5300 127.0.0.1:5301 127.0.0.1:5302=3
 *
 * Lines on standard input: `10.0.0.1:53=2` adds a server or sets its weight, `10.0.0.1:53=` removes it.
 */
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { VirtualService } from 'ipvs';
import { weightedRoundRobin } from 'ipvs/schedulers/weighted-round-robin';
import { cannotListen, change, parameters } from './server-lines.mjs';

/** How long a client's return path is kept open without an answer, and how many there may be. */
const IDLE_MS = 10_000;
const MOST_CLIENTS = 10_000;

const { numbers, servers } = parameters('PORT SERVER[=WEIGHT]...');
const [port = 0] = numbers;
const scheduler = weightedRoundRobin();
const service = new VirtualService({
  protocol: 'udp',
  address: '127.0.0.1',
  port,
  scheduler,
  onePacket: true,
});

/** By client and family of the server: the socket for its datagrams, to which the answers come. */
const paths = /** @type {Map<string, ReturnPath>} */ (new Map());
const front = createSocket('udp6'); // takes IPv4 clients as well, as ::ffff:a.b.c.d

/** One client's path to the servers of one family and back. */
class ReturnPath {
  /** @param {string} key @param {4 | 6} family @param {import('node:dgram').RemoteInfo} client */
  constructor(key, family, client) {
    this.key = key;
    this.socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    this.timer = setTimeout(() => this.close(), IDLE_MS);
    this.socket.on('message', (answer, server) => {
      this.timer.refresh();
      // Only a server of the list may answer, and port 0 wants no answer (RFC 768).
      if (client.port !== 0 && service.servers.find(server) !== undefined)
        front.send(answer, client.port, client.address, () => {});
    });
    this.socket.on('error', () => this.close());
    paths.set(key, this);
  }

  close() {
    clearTimeout(this.timer);
    if (paths.delete(this.key)) this.socket.close();
  }
}

front.on('message', (datagram, client) => {
  const connection = service.connect(client);
  if (connection === undefined) return; // no server: the datagram is lost, as datagrams may be
  const { family } = connection.server.address;
  const key = `${client.address} ${client.port} ${family}`;
  if (!paths.has(key) && paths.size >= MOST_CLIENTS) return;
  const path = paths.get(key) ?? new ReturnPath(key, family, client);
  path.socket.send(datagram, connection.port, connection.host, () => {});
});

/** @param {string} line */
async function obey(line) {
  console.log(await change(service.servers, line));
}

for (const line of servers) void obey(line);
createInterface({ input: process.stdin }).on('line', obey);
front.once('error', cannotListen);
front.bind(port, () => console.log(`listening on ${port}`));
