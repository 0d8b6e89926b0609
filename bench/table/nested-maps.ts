/**
 * The table that comes to mind first: a map of client addresses, of maps of client ports, and an object per
 * connection; those of one client to several virtual endpoints are in a list. Timers are in a list per second, and a restart only stores the new expiry.
 */
import { type FactsTable, LIFE_MS, SERVERS, STATE, TCP } from './facts-table.js';
import { VIRTUAL_ADDRESS, VIRTUAL_PORT } from './facts-table.js';

interface Server {
  readonly port: number;
  active: number;
  inactive: number;
}

interface Entry {
  readonly protocol: number;
  readonly address: number;
  readonly port: number;
  readonly virtualAddress: number;
  readonly virtualPort: number;
  readonly server: Server;
  state: number;
  active: boolean;
  timeoutMs: number;
  expiryMs: number;
  packets: number;
  removed: boolean;
  next: Entry | undefined;
}

/** Connections in maps. */
export class NestedMaps implements FactsTable {
  size = 0;
  private readonly clients = new Map<number, Map<number, Entry>>();
  private readonly servers: readonly Server[] = Array.from({ length: SERVERS }, () => ({
    port: 80,
    active: 0,
    inactive: 0,
  }));
  private readonly timers = new Map<number, Entry[]>();
  /** The next second whose timers run. */
  private second = 0;

  insert(address: number, port: number, number: number, now: number): void {
    const server = this.servers[number];
    const entry: Entry = {
      protocol: TCP,
      address,
      port,
      virtualAddress: VIRTUAL_ADDRESS,
      virtualPort: VIRTUAL_PORT,
      server,
      state: STATE,
      active: true,
      timeoutMs: LIFE_MS,
      expiryMs: now + LIFE_MS,
      packets: 0,
      removed: false,
      next: undefined,
    };
    const ports = this.clients.get(address);
    if (ports === undefined) this.clients.set(address, new Map([[port, entry]]));
    else this.add(ports, entry);
    this.startTimer(entry);
    server.active++;
    this.size++;
  }

  hit(address: number, port: number): number {
    return this.find(address, port)?.server.port ?? 0;
  }

  use(address: number, port: number, now: number): void {
    const entry = this.find(address, port);
    if (entry === undefined) return;
    entry.packets++;
    entry.expiryMs = now + entry.timeoutMs;
  }

  remove(address: number, port: number): void {
    const entry = this.find(address, port);
    if (entry !== undefined) this.erase(entry);
  }

  advance(now: number): void {
    for (; this.second * 1000 < now; this.second++) {
      const due = this.timers.get(this.second);
      if (due === undefined) continue;
      this.timers.delete(this.second);
      for (const entry of due) {
        if (entry.removed) continue;
        if (entry.expiryMs < now) this.erase(entry);
        else this.startTimer(entry);
      }
    }
  }

  private startTimer(entry: Entry): void {
    const second = Math.ceil(entry.expiryMs / 1000);
    const due = this.timers.get(second);
    if (due === undefined) this.timers.set(second, [entry]);
    else due.push(entry);
  }

  private add(ports: Map<number, Entry>, entry: Entry): void {
    entry.next = ports.get(entry.port);
    ports.set(entry.port, entry);
  }

  private find(address: number, port: number): Entry | undefined {
    let entry = this.clients.get(address)?.get(port);
    while (entry !== undefined && !isTo(entry, VIRTUAL_ADDRESS, VIRTUAL_PORT)) entry = entry.next;
    return entry;
  }

  private erase(entry: Entry): void {
    const ports = this.clients.get(entry.address) as Map<number, Entry>;
    const first = ports.get(entry.port) as Entry;
    if (first !== entry) unlink(first, entry);
    else if (entry.next !== undefined) ports.set(entry.port, entry.next);
    else if (ports.size > 1) ports.delete(entry.port);
    else this.clients.delete(entry.address);
    entry.removed = true;
    if (entry.active) entry.server.active--;
    else entry.server.inactive--;
    this.size--;
  }
}

function isTo(entry: Entry, address: number, port: number): boolean {
  return entry.virtualAddress === address && entry.virtualPort === port && entry.protocol === TCP;
}

function unlink(first: Entry, entry: Entry): void {
  let before = first;
  while (before.next !== undefined && before.next !== entry) before = before.next;
  before.next = entry.next;
}
