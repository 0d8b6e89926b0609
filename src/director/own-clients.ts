/**
 * Clients on the host itself: whether any connection of the table has an address of the host as its client.
 *
 * Only then can a packet that is addressed to the host be a server's answer, and is looked up as one before
 * anything else. A director without such clients pays for one comparison. Loopback addresses do not count: no packet to
 * one comes from a network, and those that the host sends are always looked up.
 */
import { AddressBuffer } from '../address-words.js';
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { DirectorHost } from './host.js';

/** The clients of a director that are on its own host. */
export class OwnClients {
  /** Whether there was a connection of such a client. */
  exist = false;
  private readonly host: DirectorHost;
  private readonly address = new AddressBuffer();

  /** @param host - The host. */
  constructor(host: DirectorHost) {
    this.host = host;
  }

  /**
   * Notes the client of a new connection, opened here or taken over from another director.
   *
   * @param key - The connection's key.
   */
  connectionOpened(key: ConnectionKey): void {
    if (this.exist) return;
    const { address } = this;
    if (key.family === 4) address.set4(key.client3);
    else address.set6(key.client0, key.client1, key.client2, key.client3);
    this.exist = this.host.takes(address);
  }

  /**
   * Visits the connections of a table that was restored.
   *
   * @param table - The table.
   */
  visit(table: ConnectionTable): void {
    for (let slot = table.next(-1); slot >= 0 && !this.exist; slot = table.next(slot)) {
      this.exist = this.host.takes(table.endpoints(slot).clientAddress);
    }
  }

  /** Notes that the clients are not known: the host got addresses. */
  mayHaveChanged(): void {
    this.exist = true;
  }
}
