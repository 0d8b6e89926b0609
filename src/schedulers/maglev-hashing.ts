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
import { hashKey } from './client-hash-key.js';
import { fillByPermutations, MAGLEV_HASH_KEY, MAGLEV_TABLE_SIZE } from './maglev-table.js';
import type { SchedulerFactory, SchedulerFlags } from './scheduler.js';
import { sipHashBelow } from './siphash.js';
import { requireSchedulerOptions } from './scheduler-options.js';
import { SlotTable } from './slot-table.js';
import { ClientHashScheduler } from './client-hash-scheduler.js';

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

class MaglevHashing extends ClientHashScheduler {
  readonly name = 'mh';
  private readonly hashes = new HashMemory(slotOf);

  constructor(servers: ServerList, flags: SchedulerFlags) {
    const size = MAGLEV_TABLE_SIZE;
    super(servers, new SlotTable(servers, size, fillByPermutations, size), flags);
  }

  schedule(flow: Flow): RealServer | undefined {
    const slots = this.table.current;
    const key = hashKey(flow, this.port);
    const slot = this.hashes.of(key);
    const server = slots[slot];
    if (server === undefined || isUsable(server)) return server;
    return this.fallback ? this.probe(key, slot) : undefined;
  }

  protected slotOf(key: number): number {
    return this.hashes.of(key);
  }

  /** Follows a sequence of further hashes; it need not reach every slot. */
  protected probe(key: number, slot: number): RealServer | undefined {
    const slots = this.table.current;
    for (let step = 0; step < MAGLEV_TABLE_SIZE; step++) {
      const offset = (slot + step) % MAGLEV_TABLE_SIZE;
      const server = slots[slotOf((key + offset) | 0)];
      if (server !== undefined && isUsable(server)) return server;
    }
    return undefined;
  }
}

/** The slot that a hash key falls on. */
function slotOf(key: number): number {
  return sipHashBelow(key, MAGLEV_HASH_KEY, MAGLEV_TABLE_SIZE);
}
