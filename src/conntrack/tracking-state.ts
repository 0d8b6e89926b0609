/**
 * What is tracked, as plain JSON, and back. Entries are named by protocol, client and virtual endpoint; of several with
 * the same names the newest one counts. Times are from the moment of saving.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { IpAddress } from '../ip-address.js';
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';
import { EXPIRY, FLAGS, RECORD_WORDS, TRANSLATED } from './record.js';
import type { Strays } from './strays.js';
import type { TrackedEntries } from './tracked-entries.js';
import { Tuple } from './tuple.js';

/** Protocol, source address and port, destination address and port. */
export type TupleState = readonly [number, string, number, string, number];

/** What is tracked of an entry. */
export interface TrackedEntryState {
  /** The packets of its client. */
  readonly original: TupleState;
  /** Its record; the time counts from the moment of saving. */
  readonly words: readonly number[];
  /** Its own endpoint toward the server, when it is translated. */
  readonly own?: readonly [string, number];
  /** Its mark; absent = 0. */
  readonly mark?: number;
}

/** A tracked connection that is no entry. */
export interface StrayState {
  /** The packets of the end that opened it. */
  readonly original: TupleState;
  /** The packets of the other end. */
  readonly reply: TupleState;
  /** Its record, as for entries. */
  readonly words: readonly number[];
  /** Its mark. */
  readonly mark: number;
}

/** What is tracked, as plain JSON. */
export interface TrackingState extends SavedState {
  /** Of entries. */
  readonly entries: readonly TrackedEntryState[];
  /** Of all else. */
  readonly strays: readonly StrayState[];
}

/**
 * Saves what is tracked.
 *
 * @param table - The connections.
 * @param entries - What is tracked of them.
 * @param strays - What else is tracked.
 * @param now - The present time in milliseconds.
 * @returns Plain JSON.
 */
export function stateOfTracking(
  table: ConnectionTable,
  entries: TrackedEntries,
  strays: Strays,
  now: number,
): TrackingState {
  const states: TrackedEntryState[] = [];
  for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
    if (entries.records.flagsOf(slot) !== 0) states.push(stateOfEntry(table, entries, slot, now));
  }
  const others = [...strays.present(now)].map(({ original, reply, words, mark }) => ({
    original: tupleState(original),
    reply: tupleState(reply),
    words: relative(words, now),
    mark,
  }));
  return { format: STATE_FORMAT, entries: states, strays: others };
}

function stateOfEntry(
  table: ConnectionTable,
  { records, own, marks }: TrackedEntries,
  slot: number,
  now: number,
): TrackedEntryState {
  const { clientAddress, clientPort, virtualAddress, virtualPort } = table.endpoints(slot);
  const at = records.offsetOf(slot);
  const words = relative(records.wordsOf(slot).subarray(at, at + RECORD_WORDS), now);
  const isTranslated = (records.flagsOf(slot) & TRANSLATED) !== 0;
  const mark = marks.get(slot) >>> 0;
  return {
    original: [
      table.protocol(slot),
      `${clientAddress}`,
      clientPort,
      `${virtualAddress}`,
      virtualPort,
    ],
    words,
    ...(isTranslated && { own: [`${own.addressOf(slot)}`, own.portOf(slot)] as const }),
    ...(mark !== 0 && { mark }),
  };
}

/**
 * Restores what was tracked.
 *
 * @param state - What {@link stateOfTracking} gave.
 * @param entries - Receives what was tracked of entries, which were restored before.
 * @param strays - Receives all else.
 * @param now - The present time in milliseconds.
 * @throws {TypeError} When it is no such state.
 * @throws {RangeError} When the state is of another format.
 */
export function restoreTracking(
  state: TrackingState,
  entries: TrackedEntries,
  strays: Strays,
  now: number,
): void {
  requireStateFormat('connection tracking', state);
  const tuple = new Tuple();
  for (const { original, words, own, mark = 0 } of state.entries) {
    const slot = entries.entryOf(readTuple(original, tuple), true);
    if (slot < 0) continue;
    const record = absolute(words, now);
    record[FLAGS] &= ~TRANSLATED;
    entries.store(slot, record);
    if (own !== undefined) entries.translate(slot, IpAddress.parse(own[0]), own[1]);
    entries.marks.set(slot, mark);
  }
  for (const { original, reply, words, mark } of state.strays) {
    const stray = strays.create();
    readTuple(original, stray.original);
    readTuple(reply, stray.reply);
    stray.words.set(absolute(words, now));
    stray.mark = mark;
    strays.add(stray, now);
  }
}

function tupleState(tuple: Tuple): TupleState {
  const { protocol, source, sourcePort, destination, destinationPort } = tuple;
  return [protocol, textOf(source), sourcePort, textOf(destination), destinationPort];
}

function textOf(address: Tuple['source']): string {
  const { family, word0, word1, word2, word3 } = address;
  return (
    family === 4 ? IpAddress.fromIpv4(word3) : IpAddress.fromIpv6(word0, word1, word2, word3)
  ).toString();
}

function readTuple(
  [protocol, source, sourcePort, destination, port]: TupleState,
  tuple: Tuple,
): Tuple {
  return tuple.set(
    protocol,
    IpAddress.parse(source),
    sourcePort,
    IpAddress.parse(destination),
    port,
  );
}

/** A record whose time counts from now. */
function relative(words: Int32Array, now: number): number[] {
  const copy = [...words];
  copy[EXPIRY] = (copy[EXPIRY] - now) | 0;
  return copy;
}

function absolute(words: readonly number[], now: number): Int32Array {
  const record = Int32Array.from(words);
  record[EXPIRY] = (record[EXPIRY] + now) | 0;
  return record;
}
