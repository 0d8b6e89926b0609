/**
 * The suite *table*: the life of connections in a table of a constant size.
 *
 * An operation is one of: *hit* and *miss*, a look-up by protocol, client and virtual endpoint; *re-arm*, a
 * look-up that restarts the timer; *insert*; *delete*; *expire*, the timer of one connection running off. What
 * an operation takes out is put back outside the timing. The limit is one dependent random access to memory of the
 * table's size; looking for anything can hardly cost less. The rival is what comes to mind first: a `Map` of
 * clients with a `Map` of ports each, and a timer queue, since all time out alike.
 */
import { MapTable } from './map-table.js';
import { workingClock } from '../harness/steady-engine.js';
import { LIMIT, OURS, type Job, type Prepared, type Scope, type Suite } from '../harness/suite.js';
import { clientAddress, clientPort, type Clients, Draws, LARGEST_BATCH } from './table-clients.js';
import { DependentAccess, IndependentAccess } from './memory-limits.js';
import type { TableSubject } from './table-subject.js';
import { usedBytes } from '../harness/used-bytes.js';
import { OurTable } from './our-table.js';

/** What can be done to a table. */
export const TABLE_JOBS = ['hit', 'miss', 're-arm', 'insert', 'delete', 'expire'] as const;

/** One of {@link TABLE_JOBS}. */
export type TableJob = (typeof TABLE_JOBS)[number];

/** The rival that needs no package. */
export const NESTED_MAP = 'nested Map';

/** One random access to memory of the same size that depends on the one before. */
export const RANDOM_ACCESS: string = `${LIMIT}dependent random access`;

/** The same without waiting for the one before. */
export const INDEPENDENT_ACCESS: string = `${LIMIT}independent random access`;

/** The memory that the limits walk through, per connection. */
const BYTES_PER_CONNECTION = 64;
const SIZES = [10_000, 1_000_000];
const QUICK_SIZES = [10_000, 100_000];
const LARGE = 10_000_000;
/** Rivals with an object per connection get no more than this. */
const LARGEST_MAP = 1_000_000;
/** Pauses are looked for over this many insertions. */
const SLICE = 100;

/** The suite, with nothing that is not in this package. */
export const tableSuite: Suite = {
  name: 'table',
  operation: 'one step in the life of a connection',
  jobs: (scope) => tableJobs(scope, (n) => (n > LARGEST_MAP ? [] : [NESTED_MAP])),
  prepare: prepareTable,
};

/**
 * Lists the jobs of the suite.
 *
 * @param scope - What may be left out.
 * @param rivals - Who else can do a job with so many connections.
 * @returns A job per step and size.
 */
export function tableJobs(
  scope: Scope,
  rivals: (n: number, job: TableJob) => readonly string[],
): Job[] {
  const sizes = scope.quick ? QUICK_SIZES : SIZES;
  const all = scope.large ? [...sizes, LARGE] : sizes;
  return all.flatMap((n) =>
    TABLE_JOBS.map((job) => ({
      job,
      subject: job,
      n,
      impls: [OURS, ...rivals(n, job), RANDOM_ACCESS, INDEPENDENT_ACCESS],
      limit: RANDOM_ACCESS,
    })),
  );
}

/**
 * Builds what an implementation in this package needs.
 *
 * @param job - The job.
 * @param impl - The implementation.
 * @returns The candidate.
 */
export function prepareTable(job: Job, impl: string): Prepared {
  const bytes = job.n * BYTES_PER_CONNECTION;
  if (impl === RANDOM_ACCESS) return new DependentAccess(impl, bytes);
  if (impl === INDEPENDENT_ACCESS) return new IndependentAccess(impl, bytes);
  return lifeOf(job, impl, () => (impl === OURS ? new OurTable(job.n) : new MapTable()));
}

/**
 * Fills a table and makes a candidate of it.
 *
 * @param job - The job.
 * @param impl - What the candidate is called.
 * @param create - Makes an empty table.
 * @returns The candidate.
 */
export function lifeOf(job: Job, impl: string, create: () => TableSubject): Prepared {
  const before = usedBytes();
  const life = new Life(create());
  const longestMs = life.fill(job.n);
  const bytes = life.table.bytes ?? usedBytes() - before;
  const loop = loopsOf(life, job.n)[job.job as TableJob];
  return { impl, bytesPerItem: bytes / job.n, longestMs, largestBatch: job.n / 4, ...loop };
}

/** A table with the numbers of its oldest and its next client. */
class Life {
  readonly table: TableSubject;
  readonly draws = new Draws();
  private readonly drawn: Clients = {
    addresses: new Int32Array(LARGEST_BATCH),
    ports: new Int32Array(LARGEST_BATCH),
    count: 0,
  };
  oldest = 0;
  next = 0;

  constructor(table: TableSubject) {
    this.table = table;
  }

  /** Inserts connections; gives the longest time that some of them took, in milliseconds. */
  fill(size: number): number {
    const clock = workingClock();
    let longestMs = 0;
    while (this.next < size) {
      const start = clock();
      this.insert(Math.min(SLICE, size - this.next));
      longestMs = Math.max(longestMs, clock() - start);
    }
    return longestMs;
  }

  insert(count: number): void {
    const { table } = this;
    for (const end = this.next + count; this.next < end; this.next++) {
      table.insert(clientAddress(this.next), clientPort(this.next));
    }
  }

  delete(count: number): void {
    const { table } = this;
    for (const end = this.oldest + count; this.oldest < end; this.oldest++) {
      table.delete(clientAddress(this.oldest), clientPort(this.oldest));
    }
  }

  expire(count: number): void {
    this.table.expire?.(count);
    this.oldest += count;
  }

  /** Looks for clients between two numbers; gives how many were found. */
  find(count: number, first: number, size: number): number {
    let found = 0;
    for (let left = count; left > 0; left -= LARGEST_BATCH) {
      this.draw(Math.min(left, LARGEST_BATCH), first, size);
      found += this.findDrawn();
    }
    return found;
  }

  rearm(count: number, first: number, size: number): void {
    for (let left = count; left > 0; left -= LARGEST_BATCH) {
      this.draw(Math.min(left, LARGEST_BATCH), first, size);
      this.rearmDrawn();
    }
  }

  /** Draws clients between two numbers, apart from looking for them, which shall overlap as far as it can. */
  private draw(count: number, first: number, size: number): void {
    const { draws, drawn } = this;
    for (let i = 0; i < count; i++) {
      const client = first + draws.below(size);
      drawn.addresses[i] = clientAddress(client);
      drawn.ports[i] = clientPort(client);
    }
    drawn.count = count;
  }

  private findDrawn(): number {
    const { table } = this;
    const { addresses, ports, count } = this.drawn;
    let found = 0;
    for (let i = 0; i < count; i++) {
      if (table.find(addresses[i], ports[i]) !== -1) found += 1;
    }
    return found;
  }

  private rearmDrawn(): void {
    const { table } = this;
    const { addresses, ports, count } = this.drawn;
    for (let i = 0; i < count; i++) table.rearm(addresses[i], ports[i]);
  }
}

interface Loop {
  readonly run: (count: number) => void;
  readonly restore?: (count: number) => void;
}

function loopsOf(life: Life, size: number): Readonly<Record<TableJob, Loop>> {
  return {
    hit: { run: (count) => void life.find(count, life.oldest, size) },
    // Numbers from half of all on are never given to a connection.
    miss: { run: (count) => void life.find(count, 0x8000_0000, size) },
    're-arm': { run: (count) => life.rearm(count, life.oldest, size) },
    insert: { run: (count) => life.insert(count), restore: (count) => life.delete(count) },
    delete: { run: (count) => life.delete(count), restore: (count) => life.insert(count) },
    expire: { run: (count) => life.expire(count), restore: (count) => life.insert(count) },
  };
}
