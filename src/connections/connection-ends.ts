/**
 * The far ends of an entry, read in one go: every packet that is forwarded needs them all.
 */
import type { IpAddress } from '../ip-address.js';
import { PORT_AS_VIRTUAL } from './entries/destinations.js';
import type { EntryReader } from './entries/entry-reader.js';
import { FLAG_BITS } from './entries/flags.js';
import { BINDING, BINDING_BITS, META, META_IPV6, PORTS, VIRTUAL } from './entries/record.js';

/** Receives the far ends of an entry. */
export interface ConnectionEnds {
  /** Bits 0–31 of the virtual address; not written for IPv4. */
  virtualWord0: number;
  /** Bits 32–63; not written for IPv4. */
  virtualWord1: number;
  /** Bits 64–95; not written for IPv4. */
  virtualWord2: number;
  /** Bits 96–127 of the virtual address, or the IPv4 address. */
  virtualWord3: number;
  /** The virtual port. */
  virtualPort: number;
  /** Takes the server's address and the entry's server-side port. */
  setServer(address: IpAddress, port: number): void;
}

/**
 * Fills in the far ends of an entry.
 *
 * @param table - The table.
 * @param slot - The entry.
 * @param ends - Receives them.
 * @returns The entry's flags.
 */
export function fillEnds(table: EntryReader, slot: number, ends: ConnectionEnds): number {
  const { bindings, store } = table;
  const records = store.recordsOf(slot);
  const offset = store.offsetOf(slot);
  const row = records[offset + BINDING] & BINDING_BITS;
  const meta = records[offset + META];
  const virtualPort = records[offset + PORTS] & 0xffff;
  const port = bindings.ports[row];
  ends.setServer(bindings.addresses[row], port === PORT_AS_VIRTUAL ? virtualPort : port);
  ends.virtualWord3 = records[offset + VIRTUAL];
  ends.virtualPort = virtualPort;
  if ((meta & META_IPV6) !== 0) {
    ends.virtualWord0 = table.virtualWord(slot, 0);
    ends.virtualWord1 = table.virtualWord(slot, 1);
    ends.virtualWord2 = table.virtualWord(slot, 2);
  }
  return meta & FLAG_BITS;
}
