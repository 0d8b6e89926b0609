/**
 * `npm run bench:table`: the connection table against nested maps that keep the same facts, and against another version
 * of itself. See USAGE.
 *
 * Each implementation lives through a table's life in a process of its own; the processes take turns. Printed are the
 * medians, and the medians of the ratios turn by turn: how many times as long the maps take as the head, and the head's
 * time as a share of the base's, so that the head has gained where the first is above 1 and the second below.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readArguments } from '../scripts/arguments.mjs';
import { findLibrary } from './harness/library.js';
import { median } from './harness/measure.js';
import { compileInForeground } from './harness/steady-engine.js';
import { bundleFile } from './harness/suite-bundle.js';
import { type Costs, liveOnce, STEPS } from './table/life.js';
import { clientAddress, clientPort } from './published/table-clients.js';
import { type FactsTable, SERVERS } from './table/facts-table.js';
import { NestedMaps } from './table/nested-maps.js';

const MAPS = 'maps';
/** Lives of a small table before anything is timed, until all code is compiled. */
const WARM_UP_LIVES = 12;
const SMALL = 10_000;
/** How often a small table's life is timed. */
const SMALL_LIVES = 15;

/** What `library-table.ts` exports. */
interface LibraryFile {
  readonly LibraryTable: new () => FactsTable;
  readonly LibraryTable6: new () => FactsTable;
}

const USAGE = `npm run bench:table -- [--base FOLDER|COMMIT] [--head FOLDER|COMMIT] [--n 10000,1000000] [--processes 5]
                       [--bytes 10000000]

The connection table against nested maps that keep the same facts, and against another version of itself.`;

const { values } = readArguments(USAGE, {
  options: {
    base: { type: 'string' },
    head: { type: 'string' },
    n: { type: 'string', default: '10000,1000000' },
    processes: { type: 'string', default: '5' },
    bytes: { type: 'string' },
    // For the processes that this one starts.
    measure: { type: 'string' },
  },
});

const head = findLibrary(values.head ?? (existsSync('dist/index.js') ? '.' : 'src'));
if (values.measure !== undefined) {
  compileInForeground();
  const create = await makerOf(values.measure);
  process.stdout.write(JSON.stringify(costsOf(create, Number(values.n))));
} else if (values.bytes !== undefined) {
  await printBytes(Number(values.bytes));
} else {
  for (const n of values.n.split(',').map(Number)) printCosts(n);
}

/** The costs of each step: medians over some lives of a small table, or those of one life of a large one. */
function costsOf(create: () => FactsTable, n: number): Costs {
  for (let life = 0; life < WARM_UP_LIVES; life++) liveOnce(create(), SMALL);
  const lives = Array.from({ length: n <= SMALL ? SMALL_LIVES : 1 }, () => liveOnce(create(), n));
  return costs((step) => median(lives.map((life) => life[step])));
}

async function makerOf(implementation: string): Promise<() => FactsTable> {
  if (implementation === MAPS) return () => new NestedMaps();
  const { LibraryTable } = await libraryFile(implementation);
  return () => new LibraryTable();
}

async function libraryFile(library: string): Promise<LibraryFile> {
  const makeCopy = await bundleFile('bench/table/library-table.ts', library);
  return makeCopy() as LibraryFile;
}

function printCosts(n: number): void {
  const base = values.base === undefined ? [] : [findLibrary(values.base)];
  const implementations = [head, MAPS, ...base];
  const turns = Array.from({ length: Number(values.processes) }, () =>
    implementations.map((implementation) => measureElsewhere(implementation, n)),
  );
  const names = ['ns', 'maps ÷ it', ...(base.length === 0 ? [] : ['it ÷ base'])];
  const titles = names.map((name, column) => name.padStart(column === 0 ? 8 : 12)).join('');
  process.stdout.write(`\n${`${n} connections`.padEnd(28)}${titles}\n`);
  for (const step of STEPS) {
    const ns = median(turns.map(([own]) => own[step]));
    const ratios = [
      median(turns.map(([own, maps]) => maps[step] / own[step])),
      ...base.map(() => median(turns.map(([own, , old]) => own[step] / old[step]))),
    ];
    const line = [
      ns.toFixed(1).padStart(8),
      ...ratios.map((r) => `× ${r.toFixed(2)}`.padStart(12)),
    ];
    process.stdout.write(`${step.padEnd(28)}${line.join('')}\n`);
  }
}

function measureElsewhere(implementation: string, n: number): Costs {
  const words = ['--measure', implementation, '--n', `${n}`];
  const output = execFileSync(process.execPath, [process.argv[1], ...words], { encoding: 'utf8' });
  return JSON.parse(output) as Costs;
}

/** Bytes per connection of full tables, by the table's own account. */
async function printBytes(n: number): Promise<void> {
  const { LibraryTable, LibraryTable6 } = await libraryFile(head);
  for (const [family, Table] of Object.entries({ IPv4: LibraryTable, IPv6: LibraryTable6 })) {
    const table = new Table();
    for (let i = 0; i < n; i++) {
      table.insert(clientAddress(i), clientPort(i), i % SERVERS, Math.floor((i * 60_000) / n));
    }
    const bytes = (table.bytes ?? Number.NaN) / n;
    process.stdout.write(`${family}: ${bytes.toFixed(1)} bytes per connection, n = ${n}\n`);
  }
}

function costs(costOf: (step: (typeof STEPS)[number]) => number): Costs {
  return Object.fromEntries(STEPS.map((step) => [step, costOf(step)])) as Costs;
}
