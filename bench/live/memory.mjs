/**
 * The memory of a director with many connections, in a process of its own: `node memory.mjs DIST CONNECTIONS` prints
 * megabytes, all of Node's included.
 */
const [dist, wanted] = process.argv.slice(2);
const { Director } = await import(`${dist}/director/index.js`);

const PORTS = 50_000;
const FIRST_PORT = 10_000;

const director = new Director();
director.execute('-A -u 192.0.2.1:53 -s wlc');
director.execute('-a -u 192.0.2.1:53 -r 10.0.0.1:53 -m');
for (let number = 0; number < Number(wanted); number++) director.receive(packet(number));
if (director.table.size !== Number(wanted)) throw new Error(`${director.table.size} connections`);
console.log((process.memoryUsage.rss() / 1e6).toFixed(0));

/** @param {number} number - Of the connection: makes an address and a port. */
function packet(number) {
  const bytes = new Uint8Array(36);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x4500_0024);
  view.setUint32(8, 0x4011_0000);
  view.setUint32(12, 0x0a64_0001 + Math.floor(number / PORTS));
  view.setUint32(16, 0xc000_0201);
  view.setUint16(20, FIRST_PORT + (number % PORTS));
  view.setUint16(22, 53);
  view.setUint16(24, 16);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += view.getUint16(at);
  sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(10, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
  return bytes;
}
