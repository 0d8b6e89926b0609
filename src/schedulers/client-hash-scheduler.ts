/**
 * What the algorithms share that hash the client's address (`sh`, `mh`): flags, and the second choice for one
 * connection. How a key becomes a slot, and which slots follow an unusable one, is each algorithm's own.
 */
import type { Flow } from '../model/flow.js';
import { isUsable, type RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import { hashKey } from './client-hash-key.js';
import type { Scheduler, SchedulerFlags, SchedulerName } from './scheduler.js';
import type { SlotTable } from './slot-table.js';
import { usableByHash } from './usable-by-hash.js';

/** A scheduler without memory that picks by a hash of the client. */
export abstract class ClientHashScheduler implements Scheduler {
  abstract readonly name: SchedulerName;
  protected readonly table: SlotTable;
  protected fallback = false;
  protected port = false;
  private readonly servers: ServerList;

  constructor(servers: ServerList, table: SlotTable, flags: SchedulerFlags) {
    this.servers = servers;
    this.table = table;
    this.setFlags(flags);
  }

  abstract schedule(flow: Flow): RealServer | undefined;

  reschedule(flow: Flow): RealServer | undefined {
    const key = hashKey(flow, this.port);
    const slot = this.slotOf(key);
    const server = this.table.current[slot];
    if (server === undefined || isUsable(server)) return server;
    if (!server.suspended && !this.fallback) return undefined;
    return this.probe(key, slot) ?? usableByHash(this.servers, slot);
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

  /** The slot of a key. */
  protected abstract slotOf(key: number): number;

  /** The first usable server along the slots that follow an unusable server's. */
  protected abstract probe(key: number, slot: number): RealServer | undefined;
}
