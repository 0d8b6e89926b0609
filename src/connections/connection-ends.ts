/**
 * The far ends of an entry, read in one go: every packet that is forwarded needs them all.
 */
import type { AddressBuffer } from '../address-words.js';
import type { IpAddress } from '../ip-address.js';
import { PORT_AS_VIRTUAL } from './entries/destinations.js';
import type { EntryReader } from './entries/entry-reader.js';
import { FLAG_BITS } from './entries/flags.js';
import { BINDING, BINDING_BITS, META, META_IPV6, PORTS, VIRTUAL } from './entries/record.js';

/** Receives the far ends of an entry. */
export interface ConnectionEnds {
  /** The virtual address. */
  readonly virtual: AddressBuffer;
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
  ends.virtualPort = virtualPort;
  const virtual = records[offset + VIRTUAL];
  if ((meta & META_IPV6) === 0) ends.virtual.set4(virtual);
  else fillVirtual6(table, slot, virtual, ends.virtual);
  return meta & FLAG_BITS;
}

function fillVirtual6(
  table: EntryReader,
  slot: number,
  last: number,
  virtual: AddressBuffer,
): void {
  virtual.set6(
    table.virtualWord(slot, 0),
    table.virtualWord(slot, 1),
    table.virtualWord(slot, 2),
    last,
  );
}
