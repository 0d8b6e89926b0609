/**
 * Destination hashing (dh).
 *
 * Rule: slot hash(destination address) of a table of 256; slot i holds the server i mod n of the list,
 * whatever its weight. There is no second choice.
 * Cost: O(1) per pick, O(256) for the first pick after a change of the list.
 * Source: ipvsadm(8), and recorded decisions.
 */
import type { Flow } from '../model/flow.js';
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { multiplicativeHash } from './multiplicative-hash.js';
import type { Scheduler, SchedulerFactory } from './scheduler.js';
import { SlotTable } from './slot-table.js';
import { usableByHash } from './usable-by-hash.js';

const TABLE_BITS = 8;

/**
 * Destination hashing (`dh`): picks the real server by the packet's destination address.
 *
 * Meant for firewall-mark services in front of caches, where many destinations share a service. Weights do
 * not matter, but a server of weight 0 or overloaded gets nothing, and no other server takes its place. With more
 * than 256 servers only the newest 256 are used.
 * Cost: O(1) per pick, O(256) for the first pick after a change of the list.
 * Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @returns A factory of schedulers; `schedule` gives `undefined` when the destination's server is not usable.
 * @example
 * {@includeCode ../../docs/examples/destination-hashing.ts}
 */
export function destinationHashing(): SchedulerFactory {
  return (servers) => new DestinationHashing(servers);
}

class DestinationHashing implements Scheduler {
  readonly name = 'dh';
  private readonly servers: ServerList;
  private readonly table: SlotTable;

  constructor(servers: ServerList) {
    this.servers = servers;
    this.table = new SlotTable(servers, 2 ** TABLE_BITS, dealOut);
  }

  schedule(flow: Flow): RealServer | undefined {
    const server = this.table.current[multiplicativeHash(flow.destination.fold, TABLE_BITS)];
    return server !== undefined && isUsable(server) ? server : undefined;
  }

  /** The slot as it would be if the unusable servers were not in the list. */
  reschedule(flow: Flow): RealServer | undefined {
    const hash = multiplicativeHash(flow.destination.fold, TABLE_BITS);
    const server = this.table.current[hash];
    if (server === undefined || isUsable(server)) return server;
    return server.suspended ? usableByHash(this.servers, hash) : undefined;
  }

  toJSON(): null {
    return null;
  }

  restore(): void {
    // There is nothing to remember: the table follows from the list.
  }

  close(): void {
    this.table.close();
  }
}

/** Gives the slots to the servers in turn. */
function dealOut(
  slots: (RealServer | undefined)[],
  servers: Iterable<RealServer>,
  count: number,
): void {
  let first = 0;
  for (const server of servers) {
    if (first === slots.length) return;
    for (let slot = first; slot < slots.length; slot += count) slots[slot] = server;
    first += 1;
  }
}
