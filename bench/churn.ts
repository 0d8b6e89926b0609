/**
 * A hundred million operations on one table: connections are opened, hit and left to expire, in an order
 * that chance decides, while sizes and memory are watched. Fails when something leaks.
 *
 * Run: `npx esbuild bench/churn.ts --bundle --platform=node --format=esm --outfile=$TMPDIR/churn.mjs &&
 * node $TMPDIR/churn.mjs [operations] [connections]`
 */
import { ConnectionTable } from '../src/connections/connection-table.js';
import { clientAddress, keyOf, Random, servers, TCP, VIP, VIP_PORT } from './table-support.js';
import { clientPort } from './table-support.js';

const operations = Number(process.argv[2] ?? 100_000_000);
const connections = Number(process.argv[3] ?? 1_000_000);
const LIFE_MS = 60_000;

const table = new ConnectionTable({ seed: 1 });
const pool = servers();
const random = new Random();
const perMs = connections / LIFE_MS;
let now = 0;
let next = 0;
let hits = 0;
let bytesHalfway = 0;

function open(): void {
  const index = next++;
  const slot = table.insert(keyOf(index), now, pool[index & 15], VIP_PORT);
  table.setState(slot, 1, true);
  table.setTimeout(slot, 1000 + random.below(2 * LIFE_MS));
  table.touch(slot, now);
}

function hit(): void {
  const index = next - 1 - random.below(Math.min(next, connections));
  const slot = table.findIn4(TCP, clientAddress(index), clientPort(index), VIP, VIP_PORT);
  if (slot < 0) return;
  hits++;
  if (random.below(8) === 0) table.expireNow(slot, now);
  else if (random.below(64) === 0) table.remove(slot);
  else table.touch(slot, now);
}

function check(): void {
  const total = pool.reduce((sum, server) => sum + server.total, 0);
  if (total !== table.size) throw new Error(`servers count ${total}, the table ${table.size}`);
}

const start = performance.now();
for (let done = 1; done <= operations; done++) {
  if (done % 3 === 0) hit();
  else open();
  now += 0.5 / perMs;
  table.advance(now, 8);
  if (done % Math.ceil(operations / 20) !== 0) continue;
  check();
  const { bytes, size } = table.statistics;
  if (done <= operations / 2) bytesHalfway = bytes;
  const heap = (process.memoryUsage().heapUsed / 1e6).toFixed(1);
  const rate = (done / (performance.now() - start) / 1000).toFixed(2);
  console.log(
    `${done} operations, ${rate} million/s, ${size} entries, ${hits} hits, ` +
      `table ${(bytes / 1e6).toFixed(0)} MB, heap ${heap} MB`,
  );
}
const { bytes } = table.statistics;
if (bytes > bytesHalfway * 1.05) throw new Error(`grew from ${bytesHalfway} to ${bytes} bytes`);
table.advance(now + 4 * LIFE_MS);
check();
if (table.size !== 0) throw new Error(`${table.size} entries never ended`);
console.log('nothing leaked');
