/**
 * One entry of the connection table as listings show it: names for numbers, remaining seconds.
 */
import { stateName } from '../connections/state-machine.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import {
  FLAG_SYNC,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from '../connections/entries/flags.js';
import type { IpAddress } from '../ip-address.js';
import { PERSISTENCE_ENGINES, type PersistenceEngineName } from '../model/persistence-engine.js';
import type { Protocol } from '../protocols.js';

/** The engine whose data templates have: there is no other. */
const [ENGINE] = PERSISTENCE_ENGINES;

/** A connection or template, as a listing shows it. */
export interface ListedConnection {
  /** The protocol; `'ip'` for a template of a mark. */
  readonly protocol: Protocol | 'ip';
  /** For a template of a mark: the mark, shown instead of the virtual address. */
  readonly fwmark?: number;
  /** Whole seconds until it expires. */
  readonly secondsLeft: number;
  /** Whether the director opened it itself or received it by synchronization. */
  readonly origin: 'local' | 'sync';
  /** The state's name. */
  readonly state: string;
  /** The client's address. */
  readonly clientAddress: IpAddress;
  /** The client's port; 0 for a template. */
  readonly clientPort: number;
  /** The virtual address. */
  readonly virtualAddress: IpAddress;
  /** The virtual port. */
  readonly virtualPort: number;
  /** The server's address. */
  readonly serverAddress: IpAddress;
  /** The server's port. */
  readonly serverPort: number;
  /** The persistence engine of a template, if it has one. */
  readonly engineName?: PersistenceEngineName;
  /** What it read from the client's packets: one character per byte. */
  readonly engineData?: string;
}

/**
 * Reads an entry for a listing.
 *
 * @param table - The table.
 * @param slot - The entry.
 * @param now - The present time in milliseconds.
 * @returns The record.
 */
export function listedConnection(
  table: ConnectionTable,
  slot: number,
  now: number,
): ListedConnection {
  const protocol = protocolName(table.protocol(slot));
  const endpoints = table.endpoints(slot);
  return {
    protocol,
    ...(protocol === 'ip' && { fwmark: endpoints.virtualAddress.word3 >>> 0 }),
    secondsLeft: Math.max(0, Math.floor((table.expiryMs(slot) - now) / 1000)),
    origin: (table.flags(slot) & FLAG_SYNC) === 0 ? 'local' : 'sync',
    state: stateName(table, slot),
    ...endpoints,
    ...(endpoints.engineData !== undefined && { engineName: ENGINE }),
  };
}

function protocolName(number: number): Protocol | 'ip' {
  if (number === PROTOCOL_TCP) return 'tcp';
  if (number === PROTOCOL_UDP) return 'udp';
  return number === PROTOCOL_SCTP ? 'sctp' : 'ip';
}
