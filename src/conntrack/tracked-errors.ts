/**
 * ICMP errors: they belong to the connection of the packet that they quote, and are translated like it. They add
 * nothing to what is tracked, and restart nothing.
 */
import {
  hasRightIcmpChecksum,
  quotesConnection,
  readIcmpError,
} from '../forwarding/received-icmp-errors.js';
import { Packet } from '../wire/packet.js';
import type { CurrentPacket } from './current-packet.js';
import type { Strays } from './strays.js';
import type { TrackedEntries } from './tracked-entries.js';
import { translateErrorToClient, translateErrorToServer } from './translation.js';

/** Handles ICMP errors. */
export class TrackedErrors {
  private readonly entries: TrackedEntries;
  private readonly strays: Strays;
  /** The packet that the error at hand quotes. */
  private readonly quote = new Packet();

  /**
   * @param entries - The tracked entries.
   * @param strays - What else is tracked.
   */
  constructor(entries: TrackedEntries, strays: Strays) {
    this.entries = entries;
    this.strays = strays;
  }

  /**
   * Takes an ICMP message from the wire. One that a server sent to an own endpoint is translated for the client.
   *
   * @param packet - The message, whole.
   * @param current - Receives what it is.
   * @param toHost - Whether it is addressed to the host.
   * @param now - The present time in milliseconds.
   */
  receive(packet: Packet, current: CurrentPacket, toHost: boolean, now: number): void {
    const { quote, entries } = this;
    if (readIcmpError(packet, quote) !== 'error' || !quotesConnection(quote)) return;
    current.isError = true;
    current.as = 'invalid';
    if (!hasRightIcmpChecksum(packet)) return;
    const { tuple } = current;
    // What would answer the quoted packet.
    tuple.set(
      quote.protocol,
      quote.destination,
      quote.destinationPort,
      quote.source,
      quote.sourcePort,
    );
    if (entries.find(current, toHost, now)) {
      current.as = 'established';
      if (current.direction === 1 && current.ownAddress !== undefined) {
        const { slot } = current;
        const client = entries.clientOf(slot);
        translateErrorToClient(packet, quote, client, entries.clientPortOf(slot));
      }
    } else if (this.strays.find(tuple, now) !== undefined) current.as = 'established';
  }

  /**
   * Takes an error that the director sends to a server.
   *
   * @param packet - The message, already addressed to the server.
   * @param current - What it is.
   */
  send(packet: Packet, current: CurrentPacket): void {
    const { ownAddress, ownPort, direction } = current;
    if (ownAddress === undefined || direction === 1) return;
    if (readIcmpError(packet, this.quote) !== 'error') return;
    translateErrorToServer(packet, this.quote, ownAddress, ownPort);
  }
}
