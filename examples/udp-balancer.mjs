/**
 * A UDP balancer with one-packet scheduling: each datagram is scheduled anew, whoever sent it, as suits
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

/** How long a client's way back is kept open without an answer, and how many there may be. */
const IDLE_MS = 10_000;
const MOST_CLIENTS = 10_000;

const [port, ...list] = process.argv.slice(2);
const service = new VirtualService({
  protocol: 'udp',
  address: '127.0.0.1',
  port: Number(port),
  scheduler: weightedRoundRobin(),
  onePacket: true,
});

/** By client: the socket from which its datagrams go on, and to which the answers come. */
const ways = /** @type {Map<string, Way>} */ (new Map());
const front = createSocket('udp4');

/** One client's way to the servers and back. */
class Way {
  /** @param {import('node:dgram').RemoteInfo} client */
  constructor(client) {
    this.key = `${client.address}:${client.port}`;
    this.socket = createSocket('udp4');
    this.timer = setTimeout(() => this.close(), IDLE_MS);
    this.socket.on('message', (answer, { address, port }) => {
      this.timer.refresh();
      // Only a server of the list may answer.
      if (service.servers.find({ address, port }) !== undefined)
        front.send(answer, client.port, client.address);
    });
    this.socket.on('error', () => this.close());
    ways.set(this.key, this);
  }

  close() {
    clearTimeout(this.timer);
    if (ways.delete(this.key)) this.socket.close();
  }
}

front.on('message', (datagram, client) => {
  const connection = service.connect(client);
  if (connection === undefined) return; // no server: the datagram is lost, as datagrams may be
  let way = ways.get(`${client.address}:${client.port}`);
  if (way === undefined && ways.size >= MOST_CLIENTS) return;
  way ??= new Way(client);
  way.socket.send(datagram, connection.port, `${connection.server.address}`);
});

/** @param {string} line */
function change(line) {
  const [, address, serverPort, weight = '1'] = /^(.+):(\d+)(?:=(\d*))?$/.exec(line) ?? [];
  if (address === undefined) return console.log(`expected ADDRESS:PORT[=WEIGHT], got ${line}`);
  const server = { address, port: Number(serverPort) };
  const present = service.servers.get(server) !== undefined;
  if (weight === '') service.servers.remove(server);
  else if (present) service.servers.edit(server, { weight: Number(weight) });
  else service.servers.add({ ...server, weight: Number(weight) });
  console.log(`done: ${line}`);
}

for (const line of list) change(line);
createInterface({ input: process.stdin }).on('line', change);
front.bind(Number(port), () => console.log(`listening on ${port}`));
