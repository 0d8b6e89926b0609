/**
 * The connection table that comes to mind first: maps within a map, and an object per connection.
 */
import type { TableSubject } from './table-subject.js';

const LIFE = 1 << 30;

interface Entry {
  readonly address: number;
  readonly port: number;
  expiry: number;
  readonly server: number;
}

/** Connections by address and port. All live equally long, so a queue in order of birth has their timers. */
export class MapTable implements TableSubject {
  private readonly clients = new Map<number, Map<number, Entry>>();
  private timers: Entry[] = [];
  private expired = 0;
  private now = 0;

  insert(address: number, port: number): void {
    this.now += 1;
    const entry = { address, port, expiry: this.now + LIFE, server: this.now & 15 };
    const ports = this.clients.get(address);
    if (ports === undefined) this.clients.set(address, new Map([[port, entry]]));
    else ports.set(port, entry);
    this.timers.push(entry);
  }

  find(address: number, port: number): number {
    return this.clients.get(address)?.get(port)?.server ?? -1;
  }

  rearm(address: number, port: number): number {
    const entry = this.clients.get(address)?.get(port);
    if (entry === undefined) return -1;
    entry.expiry = this.now + LIFE;
    return entry.server;
  }

  delete(address: number, port: number): void {
    const ports = this.clients.get(address);
    if (ports?.delete(port) === true && ports.size === 0) this.clients.delete(address);
    this.dropTimers(1);
  }

  expire(count: number): void {
    for (let i = 0; i < count; i++) {
      const entry = this.timers[this.expired + i];
      const ports = this.clients.get(entry.address);
      if (ports?.delete(entry.port) === true && ports.size === 0)
        this.clients.delete(entry.address);
    }
    this.dropTimers(count);
  }

  /** The oldest are forgotten, and now and then the queue is cut. */
  private dropTimers(count: number): void {
    this.expired += count;
    if (this.expired * 2 < this.timers.length) return;
    this.timers = this.timers.slice(this.expired);
    this.expired = 0;
  }
}
