/**
 * The connection table of this package, as the suite *table* uses one.
 */
import { ConnectionKey, ConnectionTable, type InitialState } from 'ipvs/connections';
import { type RealServer, ServerList } from 'ipvs';
import type { TableSubject } from './table-subject.js';

const TCP = 6;
const VIRTUAL_ADDRESS = 0xc0a8650a | 0;
const VIRTUAL_PORT = 80;
const LIFE_MS = 60_000;
/** Which state is of no interest here, only that one is set. */
const OPENED: InitialState = { state: 3, active: true, timeoutMs: LIFE_MS };
const SERVERS = 16;

/** A table whose connections are opened at an even rate and live for a minute. */
export class OurTable implements TableSubject {
  private readonly table = new ConnectionTable({ seed: 1 });
  private readonly key = new ConnectionKey();
  private readonly servers: readonly RealServer[];
  private readonly size: number;
  /** Whole milliseconds, and what is past of the next one, in shares of one by `size`: numbers that take no memory. */
  private now = 0;
  private sinceTick = 0;
  private turn = 0;

  /** @param size - How many connections live at the same time. */
  constructor(size: number) {
    this.size = size;
    const options = Array.from({ length: SERVERS }, (_, i) => ({
      address: `10.0.0.${i + 1}`,
      port: 80,
    }));
    this.servers = [...new ServerList(options)];
  }

  get bytes(): number {
    return this.table.statistics.bytes;
  }

  insert(address: number, port: number): void {
    const { table, key, now } = this;
    this.turn = (this.turn + 1) % SERVERS;
    key.set4(TCP, address, port, VIRTUAL_ADDRESS, VIRTUAL_PORT);
    const server = this.servers[this.turn];
    table.insert(key, now, server, VIRTUAL_PORT, 0, 0, OPENED);
    this.sinceTick += LIFE_MS;
    this.now = now + ((this.sinceTick / this.size) | 0);
    this.sinceTick %= this.size;
  }

  find(address: number, port: number): number {
    return this.table.findIn4(TCP, address, port, VIRTUAL_ADDRESS, VIRTUAL_PORT);
  }

  rearm(address: number, port: number): number {
    const slot = this.find(address, port);
    this.table.touch(slot, this.now);
    return slot;
  }

  delete(address: number, port: number): void {
    this.table.remove(this.find(address, port));
  }

  expire(count: number): void {
    const { table } = this;
    const left = table.size - count;
    while (table.size > left) {
      const allDone = table.advance(this.now, table.size - left);
      if (allDone) this.now += 1;
    }
  }
}
