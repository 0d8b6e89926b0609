/**
 * How long the event loop stands still while a table grows from nothing to ten million connections, and
 * while connections are opened and end at that size. The mark is 2 ms.
 *
 * A hundred connections are opened per turn of the event loop, at an even rate, with all timers that fall due
 * on the way. Two things are watched. *Event loop*: its delay as Node samples it, less the sampling interval;
 * whatever else the machine does counts too, and how much that is shows the row *idle*, in which as many turns
 * only wait a little. *Turn*: the time of each turn's work, of which the lesser of wall time and processor
 * time is taken: waiting for a processor does not count, collecting garbage does. Before the table that counts
 * a smaller one grows and churns, while the engine compiles the code: the row *compiling*.
 *
 * Run: `npm run bench:pauses -- [CONNECTIONS]`
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { readCounts } from '../scripts/arguments.mjs';
import { workingClock } from './harness/steady-engine.js';
import { established, TableLoad } from './harness/table-load.js';

const LIFE_MS = 60_000;
const OPENED = established(LIFE_MS);
const TURN = 100;
/** Units of work of the timers after each opening: an opening makes about one. */
const BUDGET = 16;
/** Node samples that often, and counts it in. */
const RESOLUTION_MS = 1;
const MARK_MS = 2;
/** Enough to go every way there is: small and large, growing and churning. */
const FEW = 600_000;

const USAGE = `npm run bench:pauses -- [CONNECTIONS]

How long the event loop stands still while a table grows; by default to 10000000 connections.`;
const [connections = 0] = readCounts(USAGE, [10_000_000]);
const clock = workingClock();
const small = loadFor(FEW);
const load = loadFor(connections);

await watch('idle', connections, () => idle());
await watch(`compiling, ${FEW}`, 3 * FEW, () => openSome(small));
await watch(`growing to ${connections}`, connections, () => openSome(load));
await watch(`churning at ${load.table.size}`, connections, () => openSome(load));
const { bytes, size } = load.table.statistics;
console.log(`${size} connections, ${(bytes / size).toFixed(1)} bytes each`);

/** A load under which a table comes to hold so many connections. */
function loadFor(size: number): TableLoad {
  return new TableLoad((size / LIFE_MS) * 1.01);
}

function openSome(load: TableLoad): void {
  for (let i = 0; i < TURN; i++) {
    load.open(OPENED);
    load.pass(BUDGET);
  }
}

/** About as long as {@link openSome}, without touching memory. */
function idle(): void {
  const end = performance.now() + 0.05;
  while (performance.now() < end);
}

/** Runs as many turns as it takes to open so many connections. */
async function watch(name: string, openings: number, turn: () => void): Promise<void> {
  const turns = Math.ceil(openings / TURN);
  const times = new Float64Array(turns);
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  for (let done = 0; done < turns; done++) {
    times[done] = timeOf(turn);
    if (done % Math.ceil(turns / 20) === 0) process.stderr.write('.');
    await setImmediate();
  }
  delays.disable();
  times.sort();
  const loop = (ns: number): number => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  process.stderr.write('\n');
  report(name, 'event loop', loop(delays.percentile(99.9)), loop(delays.max));
  report(name, 'turn', times[Math.floor(turns * 0.999)], times[turns - 1]);
}

function timeOf(turn: () => void): number {
  const start = clock();
  turn();
  return clock() - start;
}

function report(name: string, what: string, high: number, max: number): void {
  const figures = `p99.9 ${high.toFixed(2).padStart(6)} ms, max ${max.toFixed(2).padStart(6)} ms`;
  const verdict = max <= MARK_MS ? '' : `, above ${MARK_MS} ms`;
  console.log(`${name.padEnd(24)}${what.padEnd(12)}${figures}${verdict}`);
}
