/**
 * Load for `npm run bench -- live`, in a process of its own: plain sockets, so that the path is measured and not a
 * protocol.
 *
 *     node load.mjs serve PORT                  sends zeros to whoever connects, or takes what comes
 *     node load.mjs down ADDRESS PORT STREAMS SECONDS     Gbit/s received
 *     node load.mjs up ADDRESS PORT STREAMS SECONDS       Gbit/s sent
 *     node load.mjs datagrams ADDRESS PORT SECONDS        64-byte packets sent, and seconds of processor time
 *     node load.mjs round-trips ADDRESS PORT SECONDS      the median and the 99th percentile, µs
 *     node load.mjs requests ADDRESS PORT SECONDS RATE    so many HTTP requests a second, each a connection
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const BLOCK = Buffer.alloc(1 << 18);
/** A datagram of 64 bytes with its headers. */
const SMALL = Buffer.alloc(64 - 28);

/** The most messages a second whose round trips are measured: few, so that they are no load of their own. */
const ROUND_TRIPS = 400;
/** Requests that are later than that are left out. */
const LATE_SECONDS = 0.005;

const [mode, address, port, ...rest] = process.argv.slice(2);
if (mode === 'serve') serve(Number(address));
else if (mode === 'datagrams') await sendDatagrams(Number(rest[0]));
else if (mode === 'round-trips') await measureRoundTrips(Number(rest[0]));
else if (mode === 'requests') await request(Number(rest[0]), Number(rest[1]));
else await measure(Number(rest[0]), Number(rest[1]));

/**
 * @param {number} at - The port: what connects to it gets zeros; what connects to the next one sends; the one after
 * that sends everything back.
 */
function serve(at) {
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    const push = () => {
      while (socket.write(BLOCK));
    };
    socket.on('drain', push);
    push();
  }).listen(at, '::');
  createServer((socket) => {
    socket.on('error', () => socket.destroy());
    let bytes = 0;
    const since = performance.now();
    socket.on('data', (data) => (bytes += data.length));
    socket.on('end', () => socket.end(`${(bytes * 8) / (performance.now() - since) / 1e6}\n`));
  }).listen(at + 1, '::');
  createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  }).listen(at + 2, '::');
}

/**
 * @param {number} streams - How many connections.
 * @param {number} seconds - For how long.
 */
async function measure(streams, seconds) {
  const rates = Array.from({ length: streams }, () =>
    mode === 'up' ? up(seconds) : down(seconds),
  );
  const sum = (await Promise.all(rates)).reduce((total, rate) => total + rate, 0);
  console.log(sum.toFixed(3));
  process.exit(0);
}

/** @param {number} seconds - For how long. */
function down(seconds) {
  return new Promise((resolve) => {
    const reused = Buffer.alloc(1 << 20);
    let bytes = 0;
    const onread = {
      buffer: reused,
      callback: (/** @type {number} */ read) => ((bytes += read), true),
    };
    const socket = connect({ host: address, port: Number(port), onread });
    socket.once('connect', () => {
      const since = performance.now();
      setTimeout(() => resolve((bytes * 8) / (performance.now() - since) / 1e6), seconds * 1000);
    });
  });
}

/** @param {number} seconds - For how long. */
function up(seconds) {
  return new Promise((resolve) => {
    const socket = connect(Number(port) + 1, address);
    const state = { isOver: false };
    const push = () => {
      while (!state.isOver && socket.write(BLOCK));
    };
    socket.on('drain', push);
    socket.once('connect', push);
    socket.setEncoding('utf8').on('data', (text) => resolve(Number(text)));
    setTimeout(() => {
      state.isOver = true;
      socket.end();
    }, seconds * 1000);
  });
}

/** @param {number} seconds - For how long. */
async function sendDatagrams(seconds) {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.connect(Number(port), address, () => resolve(undefined)));
  let sent = 0;
  const before = process.cpuUsage();
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    for (let i = 0; i < 64; i++) socket.send(SMALL, () => undefined);
    sent += 64;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  console.log(sent, (user + system) / 1e6);
  process.exit(0);
}

/**
 * One message at a time, at most {@link ROUND_TRIPS} a second.
 *
 * @param {number} seconds - For how long.
 */
async function measureRoundTrips(seconds) {
  const socket = connect({ host: address, port: Number(port) + 2, noDelay: true });
  await new Promise((resolve) => socket.once('connect', resolve));
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 1000 / ROUND_TRIPS));
    const since = performance.now();
    socket.write(SMALL);
    await new Promise((resolve) => socket.once('data', resolve));
    times.push((performance.now() - since) * 1000);
  }
  const sorted = times.toSorted((a, b) => a - b);
  console.log(...[0.5, 0.99].map((share) => sorted[Math.floor(sorted.length * share)].toFixed(0)));
  process.exit(0);
}

/**
 * Requests come evenly, as those of many clients do. What this process has missed while it waited for a processor does
 * not come at once: that would measure its own queue.
 *
 * @param {number} seconds - For how long.
 * @param {number} rate - Requests a second.
 */
async function request(seconds, rate) {
  const since = performance.now();
  for (let sent = 0; performance.now() < since + seconds * 1000;) {
    const due = ((performance.now() - since) * rate) / 1000;
    sent = Math.max(sent, due - rate * LATE_SECONDS);
    for (; sent < due; sent++) {
      const socket = connect(Number(port), address, () => socket.write('GET / HTTP/1.0\r\n\r\n'));
      socket.on('error', () => socket.destroy()).resume();
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  process.exit(0);
}
