/**
 * A hundred million operations on one table: connections are opened, hit and left to expire, in an order
 * that chance decides, while sizes and memory are watched. Fails when something leaks.
 *
 * Run: `npm run churn -- [OPERATIONS] [CONNECTIONS]`
 */
import { readCounts } from '../scripts/arguments.mjs';
import { Draws } from './published/table-clients.js';
import { established, TableLoad } from './harness/table-load.js';

const USAGE = `npm run churn -- [OPERATIONS] [CONNECTIONS]

Operations on one table, by default 100000000 on 1000000 connections. Fails when memory leaks.`;
const [operations = 0, connections = 0] = readCounts(USAGE, [100_000_000, 1_000_000]);
const LIFE_MS = 60_000;

// Two of three operations open a connection.
const load = new TableLoad((2 * connections) / LIFE_MS);
const { table, servers } = load;
const draws = new Draws();
let hits = 0;
let bytesHalfway = 0;

function hit(): void {
  const slot = load.find(load.next - 1 - draws.below(Math.min(load.next, connections)));
  if (slot < 0) return;
  hits++;
  if (draws.below(8) === 0) table.expireNow(slot, load.now);
  else if (draws.below(64) === 0) table.remove(slot);
  else table.touch(slot, load.now);
}

function check(): void {
  const total = servers.reduce((sum, server) => sum + server.total, 0);
  if (total !== table.size) throw new Error(`servers count ${total}, the table ${table.size}`);
}

const start = performance.now();
for (let done = 1; done <= operations; done++) {
  if (done % 3 === 0) hit();
  else load.open(established(1000 + draws.below(2 * LIFE_MS)));
  load.pass(8);
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
table.advance(load.now + 4 * LIFE_MS);
check();
if (table.size !== 0) throw new Error(`${table.size} entries never ended`);
console.log('nothing leaked');
