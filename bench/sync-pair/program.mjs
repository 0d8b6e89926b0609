/**
 * What the row *pair* of `npm run bench -- sync` measures, each half in a process of its own:
 *
 *     node program.mjs backup LIBRARY PORT    tells its parent what has arrived
 *     node program.mjs master LIBRARY PORT    announces as many connections as its parent asks for
 */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [role = '', library = '', port = ''] = process.argv.slice(2);
const SERVICE = { address: '192.0.2.1', port: 80 };
const SERVERS = 16;
/** Packets that a master handles in one turn of its event loop. */
const TURN = 1000;
/** Node samples the delay of the event loop that often, and counts it in. */
const RESOLUTION_MS = 1;
const LOOK_MS = 5;
/** Where an IPv4 packet without options has its header checksum, the end of its source, and its source port. */
const CHECKSUM = 10;
const SOURCE_END = 14;
const SOURCE_PORT = 20;
const FIRST_PORT = 1024;

const { IpAddress } = await import(pathToFileURL(library).href);
const { Director } = await entry('director');
const { synchronization } = await entry('sync');
const { UdpTransport } = await entry('sync/node');
const { encodePacket, TCP_FLAG } = await entry('wire');

/** @param {string} name - A folder of the library. */
async function entry(name) {
  return import(pathToFileURL(join(dirname(library), name, 'index.js')).href);
}

const transport = new UdpTransport();
const director = new Director({ sync: synchronization({ transport }) });
director.addService(SERVICE, { scheduler: 'wlc' });
for (let server = 1; server <= SERVERS; server++) {
  director.addServer(SERVICE, {
    address: `10.0.0.${server}`,
    port: SERVICE.port,
    forwardingMethod: 'gatewaying',
  });
}
director.startDaemon({
  role: role === 'master' ? 'master' : 'backup',
  device: 'lo',
  syncId: 7,
  maxLengthBytes: 1472,
  group: IpAddress.parse('127.0.0.1'),
  port: Number(port),
  ttl: 1,
});
process.on('message', (connections) => {
  if (role === 'master') void announce(Number(connections));
  else backup(Number(connections));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

/** @param {number} connections - How many are to arrive. */
function backup(connections) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let before = process.cpuUsage();
  let seen = -1;
  let quiet = 0;
  const look = setInterval(() => {
    const { size } = director.table;
    if (size === 0) before = process.cpuUsage();
    quiet = size === seen && size > 0 ? quiet + LOOK_MS : 0;
    seen = size;
    if (size < connections && quiet < 1000) return;
    clearInterval(look);
    delays.disable();
    const pause = (/** @type {number} */ ns) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
    process.send?.({
      arrived: size,
      atMs: performance.timeOrigin + performance.now() - quiet,
      longestMs: pause(delays.max),
      highMs: pause(delays.percentile(99)),
      workedMs: workedMs(before),
      statistics: transport.statistics,
    });
  }, LOOK_MS);
}

/** @param {number} connections - How many to announce. */
async function announce(connections) {
  // The third packet is the one that announces a connection.
  for (const flags of [TCP_FLAG.SYN, TCP_FLAG.ACK]) await packets(connections, flags);
  const atMs = performance.timeOrigin + performance.now();
  const before = process.cpuUsage();
  await packets(connections, TCP_FLAG.ACK);
  const sent = director.syncStatistics?.sent;
  // The last message would wait for more connections.
  director.stopDaemon('master');
  while (transport.statistics.waiting > 0) await setTimeout(LOOK_MS);
  process.send?.({ atMs, workedMs: workedMs(before), sent, statistics: transport.statistics });
}

/** @param {NodeJS.CpuUsage} before - What was used before. */
function workedMs(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * @param {number} connections - How many get a packet.
 * @param {number} flags - The packet's.
 */
async function packets(connections, flags) {
  const packet = encodePacket({
    source: '10.1.0.0',
    destination: SERVICE.address,
    transport: { type: 'tcp', sourcePort: FIRST_PORT, destinationPort: SERVICE.port, flags },
  });
  const view = new DataView(packet.buffer, packet.byteOffset);
  const checksum = view.getUint16(CHECKSUM);
  for (let client = 0; client < connections; client++) {
    const word = client >>> 8;
    // The word was 0 before, and is added in ones' complement.
    const sum = (~checksum & 0xffff) + word;
    view.setUint16(SOURCE_END, word);
    view.setUint16(CHECKSUM, ~((sum & 0xffff) + (sum >>> 16)));
    view.setUint16(SOURCE_PORT, FIRST_PORT + (client & 0xff));
    director.receive(packet.slice());
    if (client % TURN === TURN - 1) await setImmediate();
  }
}
