/**
 * Finds the servers of one service by the numbers of a message, without making an object per question.
 *
 * An open hash table of the list's servers, made again at the first question after a server was added or removed.
 * Cost: O(1) per question, O(servers) after such a change.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { SyncEntry } from './sync-entry.js';

/** Spreads numbers: 2^32 over the golden ratio. */
const HASH_FACTOR = 0x9e3779b1;
const FEWEST_PLACES = 8;

/** An index over one list of servers. */
export class ServerFinder {
  /** The list. */
  readonly servers: ServerList;
  /** The state of the list of which {@link places} is made. */
  private membership = -1;
  private places: (RealServer | undefined)[] = [];

  /** @param servers - The list. */
  constructor(servers: ServerList) {
    this.servers = servers;
  }

  /**
   * Finds the server at the address of an entry.
   *
   * @param entry - The entry.
   * @param port - The port.
   * @returns The server; `undefined` when the list has none.
   */
  find(entry: SyncEntry, port: number): RealServer | undefined {
    if (this.membership !== this.servers.membership) this.build();
    const { places } = this;
    const mask = places.length - 1;
    const { server0, server1, server2, server3 } = entry;
    for (let place = hash(server0 ^ server1 ^ server2 ^ server3, port) & mask; ;) {
      const server = places[place];
      if (server === undefined || isAt(server, entry, port)) return server;
      place = (place + 1) & mask;
    }
  }

  private build(): void {
    const { servers } = this;
    let size = FEWEST_PLACES;
    while (size < servers.size * 2) size *= 2;
    this.places = Array.from({ length: size });
    for (const server of servers) this.enter(server);
    this.membership = servers.membership;
  }

  private enter(server: RealServer): void {
    const { places } = this;
    const mask = places.length - 1;
    const { word0, word1, word2, word3 } = server.address;
    let place = hash(word0 ^ word1 ^ word2 ^ word3, server.port) & mask;
    while (places[place] !== undefined) place = (place + 1) & mask;
    places[place] = server;
  }
}

function hash(address: number, port: number): number {
  const mixed = Math.imul(address ^ Math.imul(port, HASH_FACTOR), HASH_FACTOR);
  return mixed ^ (mixed >>> 15);
}

function isAt({ address, port }: RealServer, entry: SyncEntry, wanted: number): boolean {
  if (port !== wanted || address.word3 !== entry.server3) return false;
  if (address.family !== entry.key.family) return false;
  return (
    address.word0 === entry.server0 &&
    address.word1 === entry.server1 &&
    address.word2 === entry.server2
  );
}
