/**
 * Connections opened one after the other at an even rate, for programs that watch a table for long.
 */
import { type InitialState, ConnectionKey, ConnectionTable } from '../../src/connections/index.js';
import { PROTOCOL_TCP } from '../../src/connections/entries/flags.js';
import { TCP_ESTABLISHED } from '../../src/connections/states/tcp.js';
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import { clientAddress, clientPort } from '../published/table-clients.js';

/** The virtual address, 192.168.101.10, as a signed word. */
const VIRTUAL_ADDRESS = 0xc0a8650a | 0;
const VIRTUAL_PORT = 80;
const SERVERS = 16;

/** An established connection, which ends so many milliseconds after its last use. */
export function established(timeoutMs: number): InitialState {
  return { state: TCP_ESTABLISHED, active: true, timeoutMs };
}

/** A table, and the number of the next client. */
export class TableLoad {
  readonly table = new ConnectionTable({ seed: 1 });
  readonly servers: readonly RealServer[];
  /** The number of the next client: how many have been there. */
  next = 0;
  /** The present time in milliseconds. */
  now = 0;
  private readonly key = new ConnectionKey();
  private readonly msPerOpening: number;

  /** @param perMs - How many connections are opened in a millisecond. */
  constructor(perMs: number) {
    this.msPerOpening = 1 / perMs;
    const port = VIRTUAL_PORT;
    const options = Array.from({ length: SERVERS }, (_, i) => ({
      address: `10.0.0.${i + 1}`,
      port,
    }));
    this.servers = [...new ServerList(options)];
  }

  /** Opens the next client's connection. */
  open(birth: InitialState): void {
    const { table, key, servers } = this;
    const client = this.next++;
    const server = servers[client % SERVERS];
    key.set4(
      PROTOCOL_TCP,
      clientAddress(client),
      clientPort(client),
      VIRTUAL_ADDRESS,
      VIRTUAL_PORT,
    );
    table.insert(key, this.now, server, VIRTUAL_PORT, 0, 0, birth);
  }

  /** The entry of a client, or −1. */
  find(client: number): number {
    const port = clientPort(client);
    return this.table.findIn4(
      PROTOCOL_TCP,
      clientAddress(client),
      port,
      VIRTUAL_ADDRESS,
      VIRTUAL_PORT,
    );
  }

  /** Lets the time of one opening pass, with the timers that fall due on the way. */
  pass(budget: number): void {
    this.now += this.msPerOpening;
    this.table.advance(this.now, budget);
  }
}
