/**
 * The connection table against what the machine can do: every figure beside one random dependent memory
 * access over as many bytes, measured in the same run.
 *
 * Run: `npx esbuild bench/table.ts --bundle --platform=node --format=esm --outfile=$TMPDIR/table.mjs &&
 * node --expose-gc $TMPDIR/table.mjs [connections …]`
 */
import { BATCH_KEY_WORDS, BatchLookup } from '../src/connections/batch-lookup.js';
import { ConnectionTable } from '../src/connections/connection-table.js';
import {
  clientAddress,
  clientPort,
  dependentAccess,
  keyOf,
  nanoseconds,
  Pauses,
  Random,
  servers,
  sink,
  TCP,
  VIP,
  VIP_PORT,
} from './table-support.js';
import { measureMaps, total } from './table-maps.js';

const LIFE_MS = 60_000;
const SLICE = 100;
const WINDOW = 1000;
const BATCH = 64;

interface Run {
  readonly table: ConnectionTable;
  readonly pool: ReturnType<typeof servers>;
  next: number;
  now: number;
}

function open(run: Run): void {
  const index = run.next++;
  const slot = run.table.insert(keyOf(index), run.now, run.pool[index & 15], VIP_PORT);
  run.table.setState(slot, 3, true);
  run.table.setTimeout(slot, LIFE_MS);
  run.table.touch(slot, run.now);
}

/** Opens connections at an even rate, with all timers that fall due on the way. */
function churn(run: Run, count: number, perMs: number): Pauses {
  const pauses = new Pauses(Math.ceil(count / SLICE));
  for (let done = 0; done < count; done += SLICE) {
    pauses.measure(() => {
      for (let i = 0; i < SLICE; i++) {
        open(run);
        run.table.advance(run.now, 16);
        run.now += 1 / perMs;
      }
    });
  }
  return pauses;
}

function hits(run: Run, size: number, touch: boolean): number {
  const random = new Random();
  const first = run.next - size;
  return nanoseconds(1_000_000, WINDOW, () => {
    const index = first + random.below(size);
    const slot = run.table.findIn4(TCP, clientAddress(index), clientPort(index), VIP, VIP_PORT);
    if (touch) run.table.touch(slot, run.now);
    sink.value += slot;
  });
}

function batches(run: Run, size: number): number {
  const random = new Random();
  const first = run.next - size;
  const lookup = new BatchLookup(run.table);
  const keys = new Int32Array(BATCH * BATCH_KEY_WORDS);
  const slots = new Int32Array(BATCH);
  const each = nanoseconds(1_000_000 / BATCH, 10, () => {
    for (let i = 0; i < BATCH; i++) {
      const index = first + random.below(size);
      keys[i * BATCH_KEY_WORDS] = TCP;
      keys[i * BATCH_KEY_WORDS + 1] = clientAddress(index);
      keys[i * BATCH_KEY_WORDS + 2] = VIP;
      keys[i * BATCH_KEY_WORDS + 3] = (clientPort(index) << 16) | VIP_PORT;
    }
    lookup.findIn4(keys, BATCH, slots);
    for (let i = 0; i < BATCH; i++) {
      run.table.touch(slots[i], run.now);
      sink.value += slots[i];
    }
  });
  return each / BATCH;
}

function inserts(run: Run, count: number, perMs: number): number {
  return nanoseconds(count, WINDOW, () => {
    open(run);
    run.now += 1 / perMs;
  });
}

/** Lets everything expire, a hundred timers at a time. */
function expiries(run: Run): number {
  run.now += LIFE_MS + 1;
  const times: number[] = [];
  for (let done = false; !done;) {
    const before = run.table.size;
    const start = performance.now();
    done = run.table.advance(run.now, 2 * WINDOW);
    const took = (performance.now() - start) * 1e6;
    if (before > run.table.size) times.push(took / (before - run.table.size));
  }
  return Float64Array.from(times).toSorted()[times.length >> 2];
}

function show(name: string, nanos: number, limit: number): void {
  const ratio = (nanos / limit).toFixed(2);
  console.log(`  ${name.padEnd(32)}${nanos.toFixed(0).padStart(6)} ns  ${ratio} of the limit`);
}

function measure(size: number): void {
  const run: Run = { table: new ConnectionTable({ seed: 1 }), pool: servers(), next: 0, now: 0 };
  const perMs = size / LIFE_MS;
  const growth = churn(run, size, perMs * 1.01);
  const { bytes } = run.table.statistics;
  const limit = dependentAccess(bytes);
  console.log(`\n${size} connections, ${(bytes / run.table.size).toFixed(1)} bytes each`);
  show('limit: one random access', limit, limit);
  console.log(`  growing, per ${SLICE}: ${growth}`);
  show('hit', hits(run, size, false), limit);
  show('hit and re-arm', hits(run, size, true), limit);
  show('hit and re-arm, in batches', batches(run, size), limit);
  console.log(`  churn, per ${SLICE}: ${churn(run, size, perMs)} (${run.table.size} entries)`);
  show('insert, growing', inserts(run, size / 10, perMs), limit);
  show('expire', expiries(run), limit);
  show('insert into freed slots', inserts(run, size, perMs), limit);
}

function row(name: string, ours: number, theirs: number, unit: string): void {
  const ratio = (theirs / ours).toFixed(1);
  console.log(
    `  ${name.padEnd(8)}${ours.toFixed(0)} ${unit}, Maps ${theirs.toFixed(0)} ${unit}: ${ratio} x`,
  );
}

/** The table and nested Maps, each grown from empty and then hit, in one process. */
function compare(size: number): void {
  const maps = measureMaps(size);
  const run: Run = { table: new ConnectionTable({ seed: 1 }), pool: servers(), next: 0, now: 0 };
  const insert = total(size, () => open(run));
  const hit = hits(run, size, true);
  const bytes = run.table.statistics.bytes / size;
  console.log(`\nagainst nested Maps at ${size}, growing from empty, processor time`);
  row('insert', insert, maps.insert, 'ns');
  row('hit', hit, maps.hit, 'ns');
  row('batch', batches(run, size), maps.hit, 'ns');
  row('memory', bytes, maps.bytes, 'bytes');
}

const sizes = process.argv.slice(2).map(Number);
measure(100_000);
compare(1_000_000);
for (const size of sizes.length > 0 ? sizes : [10_000, 1_000_000, 10_000_000]) measure(size);
