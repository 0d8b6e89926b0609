/**
 * Source hashing (sh).
 *
 * Rule: slot hash(client address [+ port]) of a table of 256, in which each server in turn has as many
 * slots in a row as its weight says (at least one), over and over until the table is full.
 * With fallback, an unusable server's slot leads on to the slots 2h, 2h + 1, ...
 * Cost: O(1) per pick, at most 257 slots with fallback; O(256) for the first pick after a change of the list.
 * Source: ipvsadm(8), and recorded decisions.
 */
import type { Flow } from '../model/flow.js';
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { hashKey } from './client-hash-key.js';
import { multiplicativeHash } from './multiplicative-hash.js';
import type { SchedulerFactory, SchedulerFlags } from './scheduler.js';
import { requireSchedulerOptions } from './scheduler-options.js';
import { SlotTable } from './slot-table.js';
import { ClientHashScheduler } from './client-hash-scheduler.js';

const TABLE_BITS = 8;
const TABLE_SIZE = 2 ** TABLE_BITS;

/**
 * Source hashing (`sh`): picks the real server by the client's address, so that a client keeps its server.
 *
 * Weights give shares of a table of 256 slots; servers whose turn comes after the last slot get nothing. A
 * server of weight 0 or overloaded gets nothing; its clients go nowhere, or elsewhere with `fallback`.
 * A change of the list moves many clients (`mh` moves few).
 * Cost: O(1) per pick, O(256) for the first pick after a change of the list.
 * Source of the rule: ipvsadm(8), and recorded decisions.
 *
 * @param flags - `fallback` and `port`, both off by default.
 * @throws {TypeError} When a flag has another name.
 * @returns A factory of schedulers; `schedule` gives `undefined` when no server is usable for this client.
 * @example
 * {@includeCode ../../docs/examples/source-hashing.ts}
 */
export function sourceHashing(flags: SchedulerFlags = {}): SchedulerFactory {
  requireSchedulerOptions(flags);
  return (servers) => new SourceHashing(servers, flags);
}

class SourceHashing extends ClientHashScheduler {
  readonly name = 'sh';

  constructor(servers: ServerList, flags: SchedulerFlags) {
    super(servers, new SlotTable(servers, TABLE_SIZE, dealOutByWeight), flags);
  }

  schedule(flow: Flow): RealServer | undefined {
    const slots = this.table.current;
    const key = hashKey(flow, this.port);
    const slot = this.slotOf(key);
    const server = slots[slot];
    if (server === undefined || isUsable(server)) return server;
    return this.fallback ? this.probe(key, slot) : undefined;
  }

  protected slotOf(key: number): number {
    return multiplicativeHash(key, TABLE_BITS);
  }

  /** Goes on from slot 2 × slot: the distance itself starts at the slot. */
  protected probe(_key: number, slot: number): RealServer | undefined {
    const slots = this.table.current;
    for (let step = 0; step < TABLE_SIZE; step++) {
      const server = slots[(2 * slot + step) % TABLE_SIZE];
      if (server !== undefined && isUsable(server)) return server;
    }
    return undefined;
  }
}

/** Gives each server in turn as many slots in a row as its weight, at least one. */
function dealOutByWeight(slots: (RealServer | undefined)[], servers: Iterable<RealServer>): void {
  let slot = 0;
  while (slot < slots.length) {
    for (const server of servers) {
      const end = Math.min(slot + Math.max(1, server.weight), slots.length);
      slots.fill(server, slot, end);
      slot = end;
      if (slot === slots.length) return;
    }
  }
}
