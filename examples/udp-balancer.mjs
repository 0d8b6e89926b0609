/**
 * A UDP balancer with one-packet scheduling: each datagram is scheduled on its own, whoever sent it, as suits
 * DNS and other services of one question and one answer.
 *
 *   node udp-balancer.mjs 5300 127.0.0.1:5301 127.0.0.1:5302=3
 *
 * Lines on standard input: `10.0.0.1:53=2` adds a server or sets its weight, `10.0.0.1:53=` removes it.
 * SIGTERM: no new questions; exits when the last one has its answer, or after 10 s.
 */
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { VirtualService } from 'ipvs';
import { weightedRoundRobin } from 'ipvs/schedulers/weighted-round-robin';
import { listenUdp } from './listen-udp.mjs';
import { change, parameters } from './server-lines.mjs';

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

/** By client and family of the server, the least recently used first: the socket to which the answers come. */
const paths = /** @type {Map<string, ReturnPath>} */ (new Map());
const front = await listenUdp(port);
let ending = false;

/** One client's path to the servers of one family and back. */
class ReturnPath {
  unanswered = 0;

  /** @param {string} key @param {4 | 6} family @param {import('node:dgram').RemoteInfo} client */
  constructor(key, family, client) {
    this.key = key;
    this.socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    this.timer = setTimeout(() => this.close(), IDLE_MS);
    this.socket.on('message', (answer, server) => {
      // Only a server of the list may answer, and port 0 wants no answer (RFC 768).
      if (client.port === 0 || service.servers.find(server) === undefined) return;
      this.timer.refresh();
      this.unanswered--;
      front.send(answer, client.port, client.address, () => ending && this.end());
    });
    this.socket.on('error', () => this.close()); // no file descriptor, for example
  }

  /** @param {Buffer} datagram @param {import('ipvs').ServiceConnection} connection */
  send(datagram, { port: to, host }) {
    this.unanswered++;
    this.socket.send(datagram, to, host, () => {});
  }

  /** Closes when nothing is missing. */
  end() {
    if (this.unanswered <= 0) this.close();
  }

  close() {
    clearTimeout(this.timer);
    if (paths.get(this.key) === this) paths.delete(this.key);
    this.close = () => {};
    this.socket.close();
    if (ending && paths.size === 0) front.close();
  }
}

front.on('message', (datagram, client) => {
  const connection = ending ? undefined : service.connect(client);
  if (connection === undefined) return; // no server: the datagram is lost, as datagrams may be
  const { family } = connection.server.address;
  const key = `${client.address} ${client.port} ${family}`;
  const path = paths.get(key) ?? new ReturnPath(key, family, client);
  paths.delete(key);
  paths.set(key, path);
  path.send(datagram, connection);
  // A flood of senders must not shut others out: who has waited longest goes first.
  if (paths.size > MOST_CLIENTS) paths.values().next().value?.close();
});

/** @param {string} line */
async function obey(line) {
  console.log(await change(service.servers, line));
}

for (const line of servers) void obey(line);
const input = createInterface({ input: process.stdin }).on('line', obey);
console.log(`listening on ${port}`);
process.once('SIGTERM', () => {
  ending = true;
  input.close();
  if (paths.size === 0) front.close();
  for (const path of paths.values()) path.end();
});
