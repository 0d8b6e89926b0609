/**
 * Maglev hashing (mh).
 *
 * Rule: slot H(client address [+ port]) of a table of 4093, filled by the servers in turn, each along its
 * own permutation of the slots and as often per turn as its weight says. With fallback, an unusable
 * server's slot leads on to further hashes.
 * Cost: O(1) per pick, at most 4094 slots with fallback; O(4093) for the first pick after a change.
 * Source: Eisenbud et al., "Maglev: a fast and reliable software network load balancer" (NSDI 2016), and
 * recorded decisions.
 */
import type { Flow } from '../model/flow.js';
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { HashMemory } from './hash-memory.js';
import { hashKey } from './hash-key.js';
import { fillByPermutations, MAGLEV_HASH_KEY, MAGLEV_TABLE_SIZE } from './maglev-table.js';
import type { Scheduler, SchedulerFactory, SchedulerFlags } from './scheduler.js';
import { sipHashBelow } from './siphash.js';
import { requireSchedulerOptions } from './scheduler-options.js';
import { SlotTable } from './slot-table.js';
import { usableByHash } from './usable-by-hash.js';

/**
 * Maglev hashing (`mh`): picks the real server by the client's address, and moves few clients when the
 * list changes.
 *
 * The share of a server follows its last weight that was not 0: a quiesced or overloaded server keeps its
 * slots, and its clients go nowhere, or elsewhere with `fallback`, while no other client moves. With more than
 * 4093 servers the table stays as it was.
 * Cost: O(1) per pick, O(4093) for the first pick after a change of the list.
 * Source of the rule: Maglev (NSDI 2016), and recorded decisions.
 *
 * @param flags - `fallback` and `port`, both off by default.
 * @throws {TypeError} When a flag has another name.
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable for this client.
 * @example
 * {@includeCode ../../docs/examples/maglev-hashing.ts}
 */
export function maglevHashing(flags: SchedulerFlags = {}): SchedulerFactory {
  requireSchedulerOptions(flags);
  return (servers) => new MaglevHashing(servers, flags);
}

class MaglevHashing implements Scheduler {
  readonly name = 'mh';
  private readonly servers: ServerList;
  private readonly table: SlotTable;
  private readonly hashes = new HashMemory(slotOf);
  private fallback = false;
  private port = false;

  constructor(servers: ServerList, flags: SchedulerFlags) {
    this.servers = servers;
    this.table = new SlotTable(servers, MAGLEV_TABLE_SIZE, fillByPermutations, MAGLEV_TABLE_SIZE);
    this.setFlags(flags);
  }

  schedule(flow: Flow): RealServer | undefined {
    const slots = this.table.current;
    const key = hashKey(flow, this.port);
    const hash = this.hashes.of(key);
    const server = slots[hash];
    if (server === undefined || isUsable(server)) return server;
    return this.fallback ? probe(slots, key, hash) : undefined;
  }

  reschedule(flow: Flow): RealServer | undefined {
    const slots = this.table.current;
    const key = hashKey(flow, this.port);
    const hash = this.hashes.of(key);
    const server = slots[hash];
    if (server === undefined || isUsable(server)) return server;
    if (!server.suspended && !this.fallback) return undefined;
    return probe(slots, key, hash) ?? usableByHash(this.servers, hash);
  }

  setFlags(flags: SchedulerFlags): void {
    this.fallback = flags.fallback ?? false;
    this.port = flags.port ?? false;
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

/** The first usable server along a sequence of further hashes; it need not reach every slot. */
function probe(
  slots: readonly (RealServer | undefined)[],
  key: number,
  hash: number,
): RealServer | undefined {
  for (let step = 0; step < MAGLEV_TABLE_SIZE; step++) {
    const offset = (hash + step) % MAGLEV_TABLE_SIZE;
    const server = slots[slotOf((key + offset) | 0)];
    if (server !== undefined && isUsable(server)) return server;
  }
  return undefined;
}

/** The slot that a hash key falls on. */
function slotOf(key: number): number {
  return sipHashBelow(key, MAGLEV_HASH_KEY, MAGLEV_TABLE_SIZE);
}
