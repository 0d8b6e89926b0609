/**
 * What is tracked, as plain values for listings.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { isMasquerading } from '../connections/entries/flags.js';
import type { AddressWords } from '../address-words.js';
import { IpAddress } from '../ip-address.js';
import { PROTOCOL_TCP } from '../protocols.js';
import { ASSURED, EXPIRY, FLAGS, REPLIED, STATE_BITS, TRANSLATED } from './record.js';
import type { Stray } from './strays.js';
import { TRACKED_TCP_STATES } from './tcp-states.js';
import type { TrackedConnection, TrackedDirection } from './tracked-connection.js';
import type { TrackedEntries } from './tracked-entries.js';
import type { Tuple } from './tuple.js';

const SECOND_MS = 1000;

/**
 * A tracked entry of the director.
 *
 * @param table - The connections.
 * @param entries - What is tracked of them.
 * @param slot - The entry.
 * @param now - The present time in milliseconds.
 * @returns Plain values.
 */
export function trackedEntry(
  table: ConnectionTable,
  entries: TrackedEntries,
  slot: number,
  now: number,
): TrackedConnection {
  const { records, own, marks } = entries;
  const { clientAddress, clientPort, virtualAddress, virtualPort, serverAddress, serverPort } =
    table.endpoints(slot);
  const isTranslated = (records.flagsOf(slot) & TRANSLATED) !== 0;
  const isMasqueraded = isMasquerading(table.flags(slot));
  const original: TrackedDirection = {
    source: clientAddress,
    sourcePort: clientPort,
    destination: virtualAddress,
    destinationPort: virtualPort,
  };
  const reply: TrackedDirection = {
    source: isMasqueraded ? serverAddress : virtualAddress,
    sourcePort: isMasqueraded ? serverPort : virtualPort,
    destination: isTranslated ? own.addressOf(slot) : clientAddress,
    destinationPort: isTranslated ? own.portOf(slot) : clientPort,
  };
  const words = records.wordsOf(slot);
  const at = records.offsetOf(slot);
  const values = recordValues(words, at, table.protocol(slot), now);
  return { ...values, original, reply, mark: marks.get(slot) >>> 0 };
}

/**
 * A tracked connection that is no entry.
 *
 * @param stray - The connection.
 * @param now - The present time in milliseconds.
 * @returns Plain values.
 */
export function trackedStray(stray: Stray, now: number): TrackedConnection {
  const { original, reply, words, mark } = stray;
  return {
    ...recordValues(words, 0, original.protocol, now),
    original: directionOf(original),
    reply: directionOf(reply),
    mark,
  };
}

function recordValues(
  words: Int32Array,
  at: number,
  protocol: number,
  now: number,
): Pick<TrackedConnection, 'protocol' | 'state' | 'secondsLeft' | 'isReplied' | 'isAssured'> {
  const flags = words[at + FLAGS];
  return {
    protocol,
    state: protocol === PROTOCOL_TCP ? TRACKED_TCP_STATES[flags & STATE_BITS] : undefined,
    secondsLeft: Math.floor(((words[at + EXPIRY] - now) | 0) / SECOND_MS),
    isReplied: (flags & REPLIED) !== 0,
    isAssured: (flags & ASSURED) !== 0,
  };
}

function directionOf(tuple: Tuple): TrackedDirection {
  const { source, sourcePort, destination, destinationPort } = tuple;
  return {
    source: addressOf(source),
    sourcePort,
    destination: addressOf(destination),
    destinationPort,
  };
}

function addressOf({ family, word0, word1, word2, word3 }: AddressWords): IpAddress {
  return family === 4 ? IpAddress.fromIpv4(word3) : IpAddress.fromIpv6(word0, word1, word2, word3);
}
