/**
 * The life of a table: it is filled, hit, used, kept in churn, half of it removed in random order, and the rest expires.
 * Time advances by a millisecond at a time, connections come at an even rate and live for a minute.
 */
import { workingClock } from '../harness/steady-engine.js';
import { clientAddress, clientPort } from '../published/table-clients.js';
import { type FactsTable, LIFE_MS, SERVERS } from './facts-table.js';

/** What is timed, in this order. */
export const STEPS = [
  'insert',
  'hit',
  'hit, batched',
  'use',
  'churn',
  'find + remove',
  'expire',
] as const;

/** One of {@link STEPS}. */
export type Step = (typeof STEPS)[number];

/** Nanoseconds per operation. */
export type Costs = Record<Step, number>;

/** What the results of look-ups are added to, so that the engine keeps them. */
let found = 0;

/** Clients that are drawn before the clock starts. */
interface Drawn {
  readonly addresses: Int32Array;
  readonly ports: Int32Array;
}

/** Lives through a table's life once. */
export function liveOnce(table: FactsTable, n: number): Costs {
  const clock = workingClock();
  const time = (operations: number, run: () => void): number => {
    const start = clock();
    run();
    return ((clock() - start) * 1e6) / operations;
  };
  const traffic = new Traffic(table, n);
  const insert = time(n, () => traffic.open(n));
  const some = drawn(n, n, 1);
  const hit = time(n, () => hitInTurn(table, some));
  const batched = time(n, () => hitAll(table, some));
  const half = n >>> 1;
  const use = time(n, () => traffic.useAll(some));
  const churned = drawn(half, n, 2);
  const churn = time(half, () => traffic.churn(churned, half));
  const removed = shuffled(traffic.next - half, traffic.next);
  const remove = time(half, () => removeAll(table, removed));
  const left = table.size;
  const expire = time(left, () => traffic.wait());
  if (left === 0 || table.size !== 0 || found === 0) throw new Error('the life went wrong');
  return {
    insert,
    hit,
    'hit, batched': batched,
    use,
    churn,
    'find + remove': remove,
    expire,
  };
}

/** Connections at an even rate: all of them within half a life, so that none expires before its turn. */
class Traffic {
  now = 1000;
  next = 0;
  private elapsed = 0;
  private readonly table: FactsTable;
  private readonly msPerEntry: number;

  constructor(table: FactsTable, n: number) {
    this.table = table;
    this.msPerEntry = LIFE_MS / 2 / n;
  }

  open(count: number): void {
    const { table } = this;
    for (let i = 0; i < count; i++) {
      const client = this.next++;
      table.insert(clientAddress(client), clientPort(client), client % SERVERS, this.now);
      this.pass(this.msPerEntry);
    }
  }

  useAll({ addresses, ports }: Drawn): void {
    const { table } = this;
    for (let i = 0; i < addresses.length; i++) {
      table.use(addresses[i], ports[i], this.now);
      this.pass(this.msPerEntry / 4);
    }
  }

  /** A connection opens, another is hit, and the oldest is removed. */
  churn({ addresses, ports }: Drawn, count: number): void {
    const { table } = this;
    for (let oldest = 0; oldest < count; oldest++) {
      this.open(1);
      found += table.hit(addresses[oldest], ports[oldest]);
      table.remove(clientAddress(oldest), clientPort(oldest));
    }
  }

  /** Time passes until nothing is left. */
  wait(): void {
    for (const end = this.now + 2 * LIFE_MS; this.now < end && this.table.size > 0; this.now++) {
      this.table.advance(this.now);
    }
  }

  private pass(ms: number): void {
    this.elapsed += ms;
    if (this.elapsed < 1) return;
    const whole = Math.floor(this.elapsed);
    this.elapsed -= whole;
    this.now += whole;
    this.table.advance(this.now);
  }
}

/** Each look-up waits for the one before. */
function hitInTurn(table: FactsTable, { addresses, ports }: Drawn): void {
  let result = 0;
  for (let i = 0; i < addresses.length; i++) {
    result = table.hit(addresses[i], ports[i] ^ (result >>> 16));
    found += result;
  }
}

function hitAll(table: FactsTable, { addresses, ports }: Drawn): void {
  for (let i = 0; i < addresses.length; i++) found += table.hit(addresses[i], ports[i]);
}

function removeAll(table: FactsTable, { addresses, ports }: Drawn): void {
  for (let i = 0; i < addresses.length; i++) table.remove(addresses[i], ports[i]);
}

/** Clients drawn from the first `n`. */
function drawn(count: number, n: number, seed: number): Drawn {
  let state = seed * 0x9e3779b1;
  return clientsOf(count, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) * n) / 0x1_0000_0000);
  });
}

/** The clients of a range in random order. */
function shuffled(first: number, end: number): Drawn {
  const order = Int32Array.from({ length: end - first }, (_, i) => first + i);
  const draws = drawnNumbers(order.length);
  for (let i = order.length - 1; i > 0; i--) {
    const other = draws[i] % (i + 1);
    [order[i], order[other]] = [order[other], order[i]];
  }
  return clientsOf(order.length, (i) => order[i]);
}

function drawnNumbers(count: number): Uint32Array {
  let state = 7;
  return Uint32Array.from({ length: count }, () => {
    state = (Math.imul(state, 0x0019660d) + 0x3c6ef35f) | 0;
    return state >>> 1;
  });
}

function clientsOf(count: number, clientAt: (i: number) => number): Drawn {
  const addresses = new Int32Array(count);
  const ports = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const client = clientAt(i);
    addresses[i] = clientAddress(client);
    ports[i] = clientPort(client);
  }
  return { addresses, ports };
}
