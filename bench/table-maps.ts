/**
 * What people use when they have no connection table: nested Maps from client address to client port to a
 * connection object. Measured in the same way as the table, at the same number of connections.
 */
import type { RealServer } from '../src/model/real-server.js';
import { clientAddress, clientPort, nanoseconds, Random, servers, sink } from './table-support.js';

interface Entry {
  readonly server: RealServer;
  readonly serverPort: number;
  state: number;
  expiry: number;
  timeout: number;
  packets: number;
}

/** Nanoseconds per insert and per hit, and bytes per connection. */
export interface Figures {
  readonly insert: number;
  readonly hit: number;
  readonly bytes: number;
}

/**
 * Measures nested Maps.
 *
 * @param size - How many connections.
 * @returns The figures.
 */
export function measureMaps(size: number): Figures {
  const pool = servers();
  const clients = new Map<number, Map<number, Entry>>();
  const before = heap();
  let next = 0;
  const insert = total(size, () => {
    const index = next++;
    const address = clientAddress(index);
    let ports = clients.get(address);
    if (ports === undefined) clients.set(address, (ports = new Map<number, Entry>()));
    const server = pool[index & 15];
    server.open();
    ports.set(clientPort(index), {
      server,
      serverPort: 80,
      state: 3,
      expiry: index,
      timeout: 60_000,
      packets: 0,
    });
  });
  const bytes = (heap() - before) / size;
  const random = new Random();
  const hit = nanoseconds(1_000_000, 1000, () => {
    const index = random.below(size);
    const entry = clients.get(clientAddress(index))?.get(clientPort(index));
    if (entry === undefined) return;
    entry.expiry = index;
    sink.value += entry.state;
  });
  return { insert, hit, bytes };
}

/** Nanoseconds per operation over all of them, pauses included. */
export function total(count: number, work: () => void): number {
  const start = process.cpuUsage();
  for (let i = 0; i < count; i++) work();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / count;
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
