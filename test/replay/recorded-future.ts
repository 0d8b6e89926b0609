/**
 * What the rest of a recording tells about an entry of the connection table: whether it was used again,
 * and what the next list of connections says of it.
 */
import { formatEndpoint } from '../../src/endpoint.js';
import type {
  RecordedConnection,
  RecordedOutcome,
  RecordedPacket,
  RecordedStep,
} from './director-recording.js';

/** What became of an entry, up to the next list. */
export interface Future {
  /** When a packet first used it, or one like it, in milliseconds; `undefined` = none did. */
  readonly usedMs: number | undefined;
  /** When one used it last. */
  readonly lastUsedMs: number | undefined;
  /** Whether what used it first took another way, so that the entry was gone by then. */
  readonly replaced: boolean;
  /** The moment of the next list; Infinity when there is none. */
  readonly listedMs: number;
  /** The whole seconds that the list shows for it: none when it is not listed, several for replaced templates. */
  readonly secondsLeft: readonly number[];
}

/**
 * Looks ahead in a recording.
 *
 * @param steps - All steps.
 * @param index - The step from which on to look.
 * @param row - The entry as lists show it; its state and time mean nothing.
 * @returns What became of it.
 */
export function futureOf(
  steps: readonly RecordedStep[],
  index: number,
  row: RecordedConnection,
): Future {
  let usedMs: number | undefined;
  let lastUsedMs: number | undefined;
  let replaced = false;
  for (let at = index; at < steps.length; at++) {
    const step = steps[at];
    if (step.op === 'pkt' && concerns(step.in as RecordedPacket, row)) {
      if (usedMs === undefined) replaced = !wentTo(step.out as RecordedOutcome, row);
      usedMs ??= step.t;
      lastUsedMs = step.t;
    }
    if (step.conns === undefined) continue;
    const secondsLeft = secondsListed(step.conns, row);
    return { usedMs, lastUsedMs, replaced, listedMs: step.t, secondsLeft };
  }
  return { usedMs, lastUsedMs, replaced, listedMs: Infinity, secondsLeft: [] };
}

/**
 * The time left that a list shows for an entry.
 *
 * @param list - The list.
 * @param row - The entry; its state and time mean nothing.
 * @returns Whole seconds, once for each row that may be it: templates that were replaced look the same.
 */
export function secondsListed(
  list: readonly RecordedConnection[],
  row: RecordedConnection,
): number[] {
  const isIt = (each: RecordedConnection): boolean =>
    [0, 1, 2, 3].every((column) => each[column] === row[column]);
  return list.filter(isIt).map((each) => each[5]);
}

/** Whether a packet uses a connection, or opens one and so uses a template. */
function concerns(packet: RecordedPacket, row: RecordedConnection): boolean {
  const { src, sport, dst, dport, proto, flags = '' } = packet;
  const [protocol, client, virtual] = row;
  if (!client.endsWith(':0')) {
    const isFromClient =
      client === formatEndpoint(src, sport) && virtual === formatEndpoint(dst, dport);
    return isFromClient && protocol === proto;
  }
  if (client !== formatEndpoint(src, 0) || (proto === 'TCP' && !flags.includes('S'))) return false;
  return (
    protocol === 'IP' ||
    virtual === formatEndpoint(dst, dport) ||
    virtual === formatEndpoint(dst, 0)
  );
}

function wentTo(outcome: RecordedOutcome, row: RecordedConnection): boolean {
  if (outcome === null || !('server' in outcome)) return false;
  return row[3].startsWith(formatEndpoint(outcome.server, ''));
}
